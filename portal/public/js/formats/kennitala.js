/**
 * Kennitala: ten digits, stored without a hyphen. Only the count of digits is checked: numbers given since
 * 18 February 2026 have no check digit, and test persons' numbers have no date.
 */

/**
 * Read what a person typed.
 * @param {string} text with or without hyphen and spaces
 * @returns {string | null} ten digits, or null if the text is no kennitala
 */
export function parseKennitala(text) {
  const digits = text.normalize("NFKC").replace(/[\s-]/g, "");
  return /^\d{10}$/.test(digits) ? digits : null;
}

/** @param {string} kennitala ten digits @returns {string} `DDMMYY-XXXX` */
export function formatKennitala(kennitala) {
  return `${kennitala.slice(0, 6)}-${kennitala.slice(6)}`;
}

/** @param {string} kennitala ten digits @returns {string} `DDMMYY-****`: for pages that others than its owner see */
export function maskKennitala(kennitala) {
  return `${kennitala.slice(0, 6)}-****`;
}
