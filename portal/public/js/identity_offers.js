/** Where a member's electronic ID says something else than the register: what can be taken over. */
import { valueAt } from "./contact_fields.js";
import { parseEmail } from "./formats/email.js";
import { parsePhone } from "./formats/phone.js";

/**
 * @typedef {{ name: string | null, email: string | null, phone: string | null }} Identity as Kenni.is told it
 *
 * @typedef {object} Offer
 * @property {"name" | "profile.email" | "profile.phone"} path
 * @property {string | null} held by the register
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
 * @returns {Offer[]} none where the electronic ID says nothing, or nothing that the register can hold
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
  // Post to Jon@ and jon@ arrives in one box.
  return path === "profile.email"
    ? held.toLowerCase() === offered.toLowerCase()
    : held.normalize("NFC").trim() === offered;
}
