/**
 * Electoral districts (*kjördæmi*) by postal code, since the register stores no district. The Elections Act
 * (112/2021) says which municipality belongs to which district; Byggðastofnun's list of postal codes says which
 * codes a municipality has. The line between Reykjavík's two districts is redrawn for each election and follows
 * streets, not codes, so the two are one district here.
 */

/** @typedef {keyof typeof RANGES} District */

/** The first and last code of each range. */
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

/** @param {District} district @returns {string[][]} the first and last code of each range */
export function rangesOf(district) {
  return RANGES[district];
}

/**
 * @param {unknown} postalCode
 * @returns {District | null} null if it is unknown or abroad: only Iceland's codes have three digits
 */
export function districtOf(postalCode) {
  if (typeof postalCode !== "string" || !ICELANDIC.test(postalCode)) return null;
  const within = (/** @type {string[]} */ [from, to]) => from <= postalCode && postalCode <= to;
  return DISTRICTS.find((district) => RANGES[district].some(within)) ?? null;
}
