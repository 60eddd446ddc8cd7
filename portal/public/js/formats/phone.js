/** Phone numbers: seven digits in Iceland, E.164 (`+` and 5 to 15 digits) elsewhere, by the field map's pattern. */
import { SYNCED_FIELDS } from "../synced_fields.js";

const FIELD = SYNCED_FIELDS.find(({ path }) => path === "profile.phone");
const PHONE = new RegExp(`^(?:${FIELD?.pattern})$`, "u");
const ICELANDIC = /^\d{7}$/;

/**
 * Read what a person typed: the prefixes `+354`, `00354` and `354` mean an Icelandic number.
 * @param {string} text
 * @returns {string | null} the number as stored, or null if the text is none
 */
export function parsePhone(text) {
  const compact = text
    .normalize("NFKC")
    .replace(/[\s().-]/g, "")
    .replace(/^00/, "+");
  const national = compact.replace(/^\+?354(?=\d{7}$)/, "");
  return PHONE.test(national) ? national : null;
}

/** @param {string} phone as stored @returns {string} `551-2345` for Iceland; a foreign number unchanged */
export function formatPhone(phone) {
  return ICELANDIC.test(phone) ? `${phone.slice(0, 3)}-${phone.slice(3)}` : phone;
}
