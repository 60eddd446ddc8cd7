/** Postal codes: three digits in Iceland, 3 to 16 letters and digits elsewhere. */

const POSTAL_CODE = /^(?:\d{3}|[A-Z0-9](?:[A-Z0-9 -]{1,14})[A-Z0-9])$/;

/** @param {string} text @returns {string | null} the code as stored, or null if the text is none */
export function parsePostalCode(text) {
  const code = text.normalize("NFKC").trim().replace(/\s+/g, " ").toUpperCase();
  return POSTAL_CODE.test(code) ? code : null;
}
