/** E-mail addresses, by the same pattern as `firestore.rules`. */

const LOCAL_PART = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const EMAIL = new RegExp(
  `^${LOCAL_PART}(?:[.]${LOCAL_PART})*@(?:${LABEL}[.])+[A-Za-z0-9-]{1,62}[A-Za-z0-9]$`,
);

/** Characters: the width of Django's column. */
const LONGEST = 254;

/** @param {string} text @returns {string | null} the address, or null if the text is none */
export function parseEmail(text) {
  const address = text.trim();
  return address.length <= LONGEST && EMAIL.test(address) ? address : null;
}
