/**
 * When a session ends by itself. The tabs of a browser share it, and the times by which it is judged; all of them
 * are by the browser's own clock, which may be wrong by hours.
 */

/** Milliseconds without a key or a click in any tab; staff's sessions in the admin have the same limit. */
export const IDLE = 30 * 60_000;

/** Milliseconds before that end, in which the page offers to go on (WCAG 2.2, 2.2.1: at least 20 seconds). */
export const WARNED = 2 * 60_000;

/** Milliseconds after the log-in, as for staff in the admin. */
export const LONGEST = 12 * 3_600_000;

/** Milliseconds before that end, in which the page asks for a new log-in: time to finish what one is typing. */
export const ENDING = 10 * 60_000;

/**
 * @typedef {{ beganAt: number, usedAt: number }} Times in milliseconds since 1970
 * @typedef {"open" | "warned" | "ending" | "idle" | "over"} Phase `idle`: unused for too long; `over`: too long since
 *   the log-in; `warned` and `ending`: soon
 *
 * @param {Times} times
 * @param {number} now
 * @returns {Phase}
 */
export function phaseOf({ beganAt, usedAt }, now) {
  if (now - usedAt >= IDLE) return "idle";
  if (now - beganAt >= LONGEST) return "over";
  if (now - usedAt >= IDLE - WARNED) return "warned";
  return now - beganAt >= LONGEST - ENDING ? "ending" : "open";
}
