/**
 * How often a member may edit: 25 times in a minute. The rules keep the time of each edit in one of as many places
 * in the member's document, in turn, and refuse an edit whose place was taken less than a minute ago.
 */

/** The places in the document, of which `infra/firestore.rules` and the functions know the same number. */
const PLACES = 25;

/** Milliseconds between two saves, with which nobody who types takes all places in a minute. */
export const GAP = 60_000 / (PLACES - 1);

/** @param {Record<string, any>} member the document as it is @returns {number} the place that the next edit takes */
export function nextPlace(member) {
  return ((member.editPlace ?? PLACES - 1) + 1) % PLACES;
}
