/** E-mail addresses, by the one pattern of the field map. */
import { SYNCED_FIELDS } from "../synced_fields.js";

const FIELD = SYNCED_FIELDS.find(({ path }) => path === "profile.email");
const EMAIL = new RegExp(`^(?:${FIELD?.pattern})$`, "u");

/** @param {string} text @returns {string | null} the address, or null if the text is none */
export function parseEmail(text) {
  const address = text.trim();
  return address.length <= (FIELD?.longest ?? 0) && EMAIL.test(address) ? address : null;
}
