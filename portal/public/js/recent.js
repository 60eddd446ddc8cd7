/** Superusers log in again before they change rights or decide what is held, if their log-in is a while ago. */

/** Milliseconds after a log-in for which the functions take such a change; they judge by their own clock. */
export const RECENT = 15 * 60_000;

/** Milliseconds after which a page already offers the log-in, so that there is time left to fill it in. */
const OFFERED_AFTER = RECENT / 3;

/**
 * Whether a page should offer a new log-in. Only a hint: this clock may be wrong.
 * @param {{ loggedInAt: number }} session
 * @param {number} [now]
 */
export function shouldLogInAgain({ loggedInAt }, now = Date.now()) {
  return !(Math.abs(now - loggedInAt) <= OFFERED_AFTER);
}

/** Whether a function refused because the log-in is too long ago. @param {{ code?: string }} error */
export function wantsLogIn({ code }) {
  return code === "UNAUTHENTICATED";
}
