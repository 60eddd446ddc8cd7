/** Compares a member's electronic ID with the register, and finds the values that the member can take over. */
import { valueAt } from "./contact_fields.js";
import { parseEmail } from "./formats/email.js";
import { parsePhone } from "./formats/phone.js";

/**
 * @typedef {{ name: string | null, email: string | null, phone: string | null }} Identity as Kenni.is sent it
 *
 * @typedef {object} Offer
 * @property {"name" | "profile.email" | "profile.phone"} path
 * @property {string | null} held the register's value
 * @property {string} offered
 */

/** @type {readonly { path: Offer["path"], claim: keyof Identity, read: (text: string) => string | null }[]} */
const CLAIMS = [
  { path: "name", claim: "name", read: (text) => text.normalize("NFC").trim() || null },
  { path: "profile.email", claim: "email", read: parseEmail },
  { path: "profile.phone", claim: "phone", read: parsePhone },
];

/**
 * @param {import("./stores/member_store.js").Member} member
 * @param {Identity} identity
 * @returns {Offer[]} empty if the electronic ID has no value that the register can hold
 */
export function offersOf(member, identity) {
  return CLAIMS.flatMap(({ path, claim, read }) => {
    const offered = read(identity[claim] ?? "");
    const held = valueAt(member, path) ?? null;
    return offered === null || isSame(path, held, offered) ? [] : [{ path, held, offered }];
  });
}

/** @param {Offer["path"]} path @param {unknown} held @param {string} offered */
function isSame(path, held, offered) {
  if (typeof held !== "string") return false;
  // E-mail to Jon@ and to jon@ arrives in one mailbox.
  return path === "profile.email"
    ? held.toLowerCase() === offered.toLowerCase()
    : held.normalize("NFC").trim() === offered;
}
