/**
 * Listens to events of the window.
 * @param {string[]} names
 * @param {(event: Event) => void} listener
 * @returns {() => void} ends it
 */
export function onWindow(names, listener) {
  const ended = new AbortController();
  for (const name of names) window.addEventListener(name, listener, { signal: ended.signal });
  return () => ended.abort();
}
