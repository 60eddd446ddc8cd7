/** What a superuser may do with another person's roles, and the words for a refusal. Roles are kept in Firestore. */

/**
 * @typedef {import("./stores/member_store.js").Member} Member
 * @typedef {import("./i18n/language.js").Phrase} Phrase
 * @typedef {"admin" | "superuser"} Role
 * @typedef {{ role: Role, isHeld: boolean, mayChange: boolean }} Offer
 */

/** @type {readonly Role[]} the roles that are given and taken */
export const ROLES = ["admin", "superuser"];

/** @type {Record<string, Phrase>} */
const REFUSALS = {
  PERMISSION_DENIED: "roles.refused.forbidden",
  FAILED_PRECONDITION: "roles.refused.inactive",
  NOT_FOUND: "roles.refused.unknown",
  UNREACHABLE: "state.offline",
};

/** @param {unknown} roles of a document or of the history @returns {Role[]} those that are known */
export function knownRoles(roles) {
  return ROLES.filter((role) => Array.isArray(roles) && roles.includes(role));
}

/** @param {Member} member */
export function isActive(member) {
  return member.membership?.status === "active";
}

/**
 * Each role, and whether it can be given or taken: nobody changes their own, and only the active get one.
 * @param {Member} member
 * @param {string} own kennitala of the person who asks
 * @returns {Offer[]}
 */
export function offersFor(member, own) {
  const held = knownRoles(member.roles);
  return ROLES.map((role) => {
    const isHeld = held.includes(role);
    return { role, isHeld, mayChange: member.kennitala !== own && (isHeld || isActive(member)) };
  });
}

/** Why nothing happened, in the reader's words. @param {{ code?: string }} error @returns {Phrase} */
export function refusalOf({ code }) {
  return REFUSALS[code ?? ""] ?? "roles.refused.failed";
}
