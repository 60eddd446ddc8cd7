/**
 * Electoral districts (*kjördæmi*) by postal code: the register keeps none. Which municipality belongs to
 * which district is in the Elections Act, 112/2021; which codes it has, in the postal code list of Byggðastofnun.
 * The line between Reykjavík's two districts is drawn anew for each election and follows streets, not codes, so
 * the two are one here.
 */

/** @typedef {keyof typeof RANGES} District */

/** From and to, both included. */
const RANGES = {
  reykjavik: [["101", "162"]],
  southwest: [
    ["170", "176"],
    ["200", "225"],
    ["270", "276"],
  ],
  northwest: [["300", "570"]],
  northeast: [["580", "766"]],
  south: [
    ["190", "191"],
    ["230", "262"],
    ["780", "785"],
    ["800", "902"],
  ],
};

const ICELANDIC = /^\d{3}$/;

export const DISTRICTS = /** @type {District[]} */ (Object.keys(RANGES));

/** @param {District} district @returns {string[][]} from and to, both included */
export function rangesOf(district) {
  return RANGES[district];
}

/**
 * @param {unknown} postalCode
 * @returns {District | null} null where it is not known, or abroad: only Iceland's codes have three digits
 */
export function districtOf(postalCode) {
  if (typeof postalCode !== "string" || !ICELANDIC.test(postalCode)) return null;
  const within = (/** @type {string[]} */ [from, to]) => from <= postalCode && postalCode <= to;
  return DISTRICTS.find((district) => RANGES[district].some(within)) ?? null;
}
