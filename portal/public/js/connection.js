/** Whether the browser has a network. A page that has none is shown to be so, and tries again once it has. */

export const isOnline = () => navigator.onLine;

/**
 * @param {(isOnline: boolean) => void} onChange
 * @returns {() => void} ends it
 */
export function watchConnection(onChange) {
  const tell = () => onChange(isOnline());
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  return () => {
    window.removeEventListener("online", tell);
    window.removeEventListener("offline", tell);
  };
}
