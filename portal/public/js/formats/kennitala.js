/**
 * Kennitala: ten digits, stored bare. What the digits mean is the register's business: numbers given since
 * 18 February 2026 carry no check digit, and test persons' numbers no date.
 */

/**
 * Read what a person typed.
 * @param {string} text with or without hyphen and spaces
 * @returns {string | null} ten digits, or null where it is no kennitala
 */
export function parseKennitala(text) {
  const digits = text.normalize("NFKC").replace(/[\s-]/g, "");
  return /^\d{10}$/.test(digits) ? digits : null;
}

/** @param {string} kennitala ten digits @returns {string} `DDMMYY-XXXX` */
export function formatKennitala(kennitala) {
  return `${kennitala.slice(0, 6)}-${kennitala.slice(6)}`;
}

/** @param {string} kennitala ten digits @returns {string} `DDMMYY-****`: where others than its owner look */
export function maskKennitala(kennitala) {
  return `${kennitala.slice(0, 6)}-****`;
}
