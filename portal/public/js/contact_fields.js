/**
 * The fields that people edit in the portal: where they are in the member document, and how what a person
 * types becomes what is stored. Who may edit which is also in `firestore.rules` and in the sync's field map.
 */
import { parseDay } from "./formats/day.js";
import { parseEmail } from "./formats/email.js";
import { formatPhone, parsePhone } from "./formats/phone.js";
import { parsePostalCode } from "./formats/postal_code.js";

/**
 * @typedef {string | boolean | null} FieldValue null: not known
 *
 * @typedef {object} ContactField
 * @property {string} path dotted path in the member document
 * @property {"text" | "email" | "phone" | "postalcode" | "date" | "choice" | "boolean"} type
 * @property {number} [longest] characters that the sync's other side can hold
 * @property {readonly string[]} [choices]
 * @property {boolean} [required] whether it cannot be emptied
 *
 * @typedef {"email" | "phone" | "postalcode" | "date" | "choice" | "text" | "required"} Problem
 * @typedef {{ value: FieldValue } | { problem: Problem }} Reading
 */

const GENDERS = ["unknown", "male", "female", "other"];
const HOUSING = ["unknown", "owner", "rental", "cooperative", "family", "other", "homeless"];

/** What members edit themselves. @type {readonly ContactField[]} */
export const CONTACT_FIELDS = [
  { path: "profile.email", type: "email", longest: 254 },
  { path: "profile.phone", type: "phone", longest: 16 },
  { path: "profile.address.street", type: "text", longest: 200 },
  { path: "profile.address.postalcode", type: "postalcode", longest: 16 },
  { path: "profile.address.city", type: "text", longest: 100 },
  { path: "profile.gender", type: "choice", choices: GENDERS },
  { path: "profile.housingSituation", type: "choice", choices: HOUSING },
  { path: "profile.reachable", type: "boolean" },
  { path: "profile.groupable", type: "boolean" },
];

/** What staff edit, and members may ask for. @type {readonly ContactField[]} */
export const OFFICE_FIELDS = [
  { path: "name", type: "text", longest: 255, required: true },
  { path: "profile.birthday", type: "date" },
];

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
  if (field.type === "choice") return value ?? "unknown";
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

/** @param {string} text @returns {string | null} null where it holds control characters */
function parseText(text) {
  return /\p{Cc}/u.test(text) ? null : text;
}
