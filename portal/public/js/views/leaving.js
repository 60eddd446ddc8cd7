/** Asks before a page with something unsaved goes away. */

/**
 * @param {() => boolean} isUnsaved
 * @returns {() => void} ends it
 */
export function askBeforeUnload(isUnsaved) {
  /** @param {Event} event */
  const ask = (event) => {
    if (isUnsaved()) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
