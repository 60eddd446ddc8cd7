/**
 * The fields that people edit in the portal: where they are in the member document, and how what a person
 * types becomes what is stored. The sync's field map says which fields there are and who may edit them.
 */
import { isDayToCome, parseDay } from "./formats/day.js";
import { parseEmail } from "./formats/email.js";
import { formatPhone, parsePhone } from "./formats/phone.js";
import { parsePostalCode } from "./formats/postal_code.js";
import { SYNCED_FIELDS } from "./synced_fields.js";

/**
 * @typedef {string | boolean | null} FieldValue null: not known
 *
 * @typedef {object} ContactField
 * @property {string} path dotted path in the member document
 * @property {"member" | "office"} editor `member`: members themselves; `office`: staff, and members who ask
 * @property {string} group of the form
 * @property {"text" | "email" | "phone" | "postalcode" | "date" | "choice" | "boolean"} type
 * @property {number} [longest] characters that the sync's other side can hold
 * @property {string} [pattern] what the whole value matches
 * @property {readonly string[]} [choices]
 * @property {string} [fallback] the choice that is shown if nothing is known
 * @property {boolean} [required] whether it cannot be emptied
 *
 * @typedef {"email" | "phone" | "postalcode" | "date" | "future" | "choice" | "text" | "required"} Problem
 * @typedef {{ value: FieldValue } | { problem: Problem }} Reading
 */

/** The fields that members edit themselves. */
export const CONTACT_FIELDS = SYNCED_FIELDS.filter(({ editor }) => editor === "member");

/** The fields that staff edit and members may ask to change. */
export const OFFICE_FIELDS = SYNCED_FIELDS.filter(({ editor }) => editor === "office");

const PARSERS = {
  date: parseDay,
  email: parseEmail,
  phone: parsePhone,
  postalcode: parsePostalCode,
  text: parseText,
};

/**
 * What a person typed, as it is stored; an emptied text means that nothing is known.
 * @param {ContactField} field
 * @param {string | boolean} input
 * @returns {Reading}
 */
export function readInput(field, input) {
  if (typeof input === "boolean") return { value: input };
  if (field.type === "choice")
    return field.choices?.includes(input) ? { value: input } : { problem: "choice" };
  if (field.type === "boolean") return { problem: "choice" };
  const text = input.trim();
  if (text === "") return field.required ? { problem: "required" } : { value: null };
  if (field.type === "date" && isDayToCome(text)) return { problem: "future" };
  const value = PARSERS[field.type](text);
  return value !== null && value.length <= (field.longest ?? Infinity) ? { value } : { problem: field.type };
}

/**
 * @param {ContactField} field
 * @param {FieldValue | undefined} value as stored
 * @returns {string | boolean} as shown in the form
 */
export function showValue(field, value) {
  if (field.type === "boolean") return value === true;
  if (field.type === "choice") return value ?? field.fallback ?? "";
  return field.type === "phone" && typeof value === "string" ? formatPhone(value) : (value ?? "");
}

/**
 * @param {unknown} document
 * @param {string} path dotted
 * @returns {any} undefined where the document has nothing there
 */
export function valueAt(document, path) {
  return path
    .split(".")
    .reduce((part, key) => /** @type {any} */ (part)?.[key], /** @type {any} */ (document));
}

/** Control characters, and marks that are not seen or turn the direction of reading. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/** @param {string} text @returns {string | null} null where it holds letters that are not seen */
function parseText(text) {
  return UNSEEN.test(text) ? null : text;
}
