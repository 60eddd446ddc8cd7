/**
 * What the list of members shows, as it stands in the address, so that *back*, a reload and a link come back to it.
 * A text with digits may be a kennitala or a phone number, which no address keeps (`stores/search_words.js` does).
 */

/** @typedef {{ typed: string, status: string, district: string, page: number }} ListState page: from 1 */

/**
 * @param {string} query of the address
 * @param {string} kept what was typed, if the address does not say it
 * @returns {ListState}
 */
export function readList(query, kept) {
  const given = new URLSearchParams(query);
  const page = Number(given.get("page") ?? 1);
  return {
    typed: given.get("search") ?? kept,
    status: given.get("status") ?? "",
    district: given.get("district") ?? "",
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** @param {ListState} state @returns {string} the query, or nothing */
export function writeList({ typed, status, district, page }) {
  const shown = {
    search: /\d/.test(typed) ? "" : typed,
    status,
    district,
    page: page > 1 ? String(page) : "",
  };
  const given = new URLSearchParams(Object.entries(shown).filter(([, value]) => value !== ""));
  return given.size > 0 ? `?${given}` : "";
}
