/** What somebody is in the register, and what they may do by that. The rules and the functions judge by the same. */
import { knownRoles } from "./roles.js";
import { STATUSES } from "./synced_fields.js";

/**
 * @typedef {import("./stores/member_store.js").Member} Member
 * @typedef {import("./stores/session_store.js").Session} Session
 * @typedef {typeof STATUSES[number] | "unknown"} Standing `unknown`: not in the register, or nobody knows as what
 */

/** @param {Member | null} member null: not in the register @returns {Standing} */
export function standingOf(member) {
  return STATUSES.find((status) => status === member?.membership?.status) ?? "unknown";
}

/**
 * The session, without what the register no longer grants: a token says what was true up to an hour ago.
 * @param {Session} session
 * @param {Member | null} member
 * @returns {Session}
 */
export function narrowed(session, member) {
  const granted = rolesOf(member);
  const roles = session.roles.filter((role) => granted.includes(role));
  return { ...session, roles, isMember: session.isMember && granted.length > 0 };
}

/** What the register grants and the token does not say yet. @param {Session} session @param {Member | null} member */
export function moreThan(session, member) {
  return rolesOf(member).filter((role) => !session.roles.includes(role));
}

/** Whether it is the same person with the same rights. @param {Session | null} one @param {Session | null} other */
export function isSame(one, other) {
  return one?.kennitala === other?.kennitala && String(one?.roles) === String(other?.roles);
}

/** @param {Member | null} member @returns {string[]} */
function rolesOf(member) {
  return standingOf(member) === "active" ? ["member", ...knownRoles(member?.roles)] : [];
}
