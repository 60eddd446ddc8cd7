/** Numbers as the reader's language writes them; common browsers know no Icelandic (`moments.js`). */

const MARKS = { is: { thousands: ".", decimal: "," }, en: { thousands: ",", decimal: "." } };
const THREE_DIGITS = /\B(?=(\d{3})+$)/g;

/** @param {number} value @param {import("../i18n/language.js").Language} language */
export function formatNumber(value, language) {
  const { thousands, decimal } = MARKS[language];
  const [whole, part] = String(value).split(".");
  const grouped = whole.replace(THREE_DIGITS, thousands);
  return part === undefined ? grouped : `${grouped}${decimal}${part}`;
}
