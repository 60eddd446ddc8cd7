/** Watches how long the session is unused, in all tabs together, and says when it has to end. */
import { phaseOf } from "./session_limits.js";
import { onWindow } from "./window_events.js";

/** Milliseconds between two looks at the clock. */
const TICK = 5_000;

/** Milliseconds: a person who scrolls is not noted with each step of the wheel. */
const MOMENT = 500;

/** A person does one of these. */
const USES = ["keydown", "pointerdown", "wheel", "touchmove"];

/** After these, much time may have passed, or another tab may have used or ended the session. */
const RETURNS = ["storage", "focus", "pageshow", "visibilitychange"];

/**
 * @typedef {import("./stores/session_marks.js").SessionMarks} SessionMarks
 * @typedef {"warned" | "ending"} NearEnd `warned`: the session is unused; `ending`: its log-in was long ago
 */

/**
 * Why a session ended; null: the person logged out.
 * @param {SessionMarks} marks
 * @returns {"login.idle" | "login.over" | "login.ended" | null}
 */
export function reasonOfEnd(marks) {
  const phase = phaseOf(marks.times(), Date.now());
  if (phase === "idle" || phase === "over") return `login.${phase}`;
  return marks.isThere() ? "login.ended" : null;
}

/**
 * @param {SessionMarks} marks
 * @param {() => boolean} isLoggedIn
 * @param {object} actions
 * @param {(end: NearEnd | null) => void} actions.onNear which end is near, if one is
 * @param {() => void} actions.onOver
 */
export function watchSession(marks, isLoggedIn, { onNear, onOver }) {
  let lastUse = 0;

  /** @returns {boolean} whether somebody is logged in, and stays so */
  function look() {
    const phase = isLoggedIn() ? phaseOf(marks.times(), Date.now()) : "open";
    const isOver = isLoggedIn() && (!marks.isThere() || phase === "idle" || phase === "over");
    onNear(phase === "warned" || phase === "ending" ? phase : null);
    if (isOver) onOver();
    return isLoggedIn() && !isOver;
  }
  function use() {
    if (Math.abs(Date.now() - lastUse) < MOMENT) return;
    lastUse = Date.now();
    if (!look()) return; // A computer that slept does not begin again with a key.
    marks.use();
    look();
  }
  setInterval(look, TICK);
  onWindow(USES, use);
  onWindow(RETURNS, look);
}
