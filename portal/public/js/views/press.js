/**
 * A press is a click only if it is released over what it began on. So what may move the page waits for the release,
 * and a button that is pressed to leave a field stays under the mouse.
 */
import { onWindow } from "../window_events.js";

/** Of these, the first without a pressed button. No browser tells the release over a menu of its own. */
const RELEASES = ["pointerup", "pointercancel", "pointermove", "keydown"];

let isPressed = false;
/** @type {(() => void)[]} */
let waiting = [];

/** Begins to notice presses. */
export function watchPresses() {
  onWindow(["pointerdown"], () => (isPressed = true));
  onWindow(RELEASES, (event) => {
    if (!isPressed || /** @type {PointerEvent} */ (event).buttons > 0) return;
    isPressed = false;
    setTimeout(act); // The click comes after the release.
  });
}

/** Does it now, or after the click, if something is pressed. @param {() => void} action */
export function whenReleased(action) {
  if (isPressed) waiting.push(action);
  else action();
}

function act() {
  const actions = waiting;
  waiting = [];
  actions.forEach((action) => action());
}
