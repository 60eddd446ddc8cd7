/** Whether the browser has a network. A page that has none is shown to be so, and tries again once it has. */
import { onWindow } from "./window_events.js";

export const isOnline = () => navigator.onLine;

/**
 * @param {(isOnline: boolean) => void} onChange
 * @returns {() => void} ends it
 */
export function watchConnection(onChange) {
  return onWindow(["online", "offline"], () => onChange(isOnline()));
}
