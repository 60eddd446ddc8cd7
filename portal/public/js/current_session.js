/**
 * Who is logged in, and what they may do by now. The token says it; the person's own document, to which the page
 * listens, takes away at once what the token still grants. If it grants more, the page asks for a new token.
 */
import { moreThan, narrowed } from "./standing.js";

/** Milliseconds until a listener that failed is begun again; each wait is twice the one before, up to the longest. */
const AGAIN = { first: 5_000, longest: 300_000 };

/**
 * @typedef {import("./stores/session_store.js").Session} Session
 * @typedef {import("./stores/member_store.js").Member} Member
 *
 * @param {import("./application.js").Stores} stores
 * @param {(session: Session | null) => void} onSession also called if nothing has changed that matters
 * @returns {{ begin: (session: Session) => void }} `begin`: at a log-in, which the store tells somewhat later
 */
export function followSession({ session: store, member: members }, onSession) {
  /** @type {Session | null} as the token says */
  let told = null;
  /** @type {Member | null | undefined} undefined: not known yet */
  let member;
  /** The roles for which a new token was asked: once, since a role may be named and not confirmed. */
  let asked = "";
  let stop = () => {};

  /** @param {Session | null} next */
  function begin(next) {
    const isOther = next?.kennitala !== told?.kennitala;
    told = next;
    if (isOther) {
      stop();
      [member, asked] = [undefined, ""];
      stop = next ? lasting((fail) => members.watch(next.kennitala, learn, fail)) : () => {};
    }
    onSession(told && member !== undefined ? narrowed(told, member) : told);
  }
  /** @param {Member | null} next */
  function learn(next) {
    member = next;
    begin(told);
    const more = told ? String(moreThan(told, next)) : "";
    if (more === asked) return;
    asked = more;
    if (more) store.verifyMembership().catch(() => (asked = ""));
  }
  store.watch(begin);
  return { begin };
}

/**
 * Listens again after a failure: a page that no longer listens would grant what the register has taken away.
 * @param {(fail: () => void) => () => void} listen
 * @returns {() => void} ends it
 */
function lasting(listen) {
  let wait = AGAIN.first;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let stop = () => {};
  function begin() {
    stop = listen(() => {
      timer = setTimeout(begin, wait);
      wait = Math.min(2 * wait, AGAIN.longest);
    });
  }
  begin();
  return () => {
    clearTimeout(timer);
    stop();
  };
}
