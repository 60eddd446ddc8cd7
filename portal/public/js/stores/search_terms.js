/** Turns what a person typed into the search field into a query that Firestore can answer. */
import { parseKennitala } from "../formats/kennitala.js";

/**
 * Firestore finds equal values and prefixes; case matters.
 * @typedef {{ by: "name" | "email" | "kennitala", term: string }} Search
 */

/** @param {string} typed @returns {Search} */
export function readSearch(typed) {
  const text = typed.trim();
  const kennitala = parseKennitala(text);
  if (kennitala) return { by: "kennitala", term: kennitala };
  if (text.includes("@")) return { by: "email", term: text.toLowerCase() };
  return { by: "name", term: text.replace(/(^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase()) };
}
