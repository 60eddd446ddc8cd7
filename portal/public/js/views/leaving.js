/** What happens before the browser leaves a page. */
import { onWindow } from "../window_events.js";

/**
 * Ask, if something is unsaved.
 * @param {() => boolean} isUnsaved
 * @returns {() => void} ends it
 */
export function askBeforeUnload(isUnsaved) {
  return onWindow(["beforeunload"], (event) => {
    if (isUnsaved()) event.preventDefault();
  });
}

/**
 * Send what waits.
 * @param {import("../autosave.js").Autosave} autosave
 * @returns {() => void} ends it
 */
export function flushBeforeHiding(autosave) {
  return onWindow(["pagehide"], () => void autosave.flush());
}
