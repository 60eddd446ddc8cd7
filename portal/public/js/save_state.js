/** What a form says about what was typed into it. "Saved" is said only if all of it is. */

/** @typedef {import("./autosave.js").SaveState | "invalid" | "offline"} ShownState */

/**
 * @param {import("./autosave.js").SaveState} state of the values that can be saved
 * @param {object} form
 * @param {boolean} form.isOnline
 * @param {boolean} form.isMarked whether a field is marked as wrong
 * @param {boolean} form.isUnfinished whether somebody is still typing what cannot be saved yet
 * @returns {ShownState}
 */
export function shownState(state, { isOnline, isMarked, isUnfinished }) {
  if (state === "idle" || state === "saved") {
    if (isMarked) return "invalid";
    return isUnfinished ? "waiting" : state;
  }
  return isOnline || state === "overtaken" ? state : "offline";
}
