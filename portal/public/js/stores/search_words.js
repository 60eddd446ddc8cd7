/**
 * What staff typed into the search, for *back* and a reload. It may be a kennitala: only this tab keeps it, and only
 * until the person logs out. The browser's history keeps the number of the search, which says nothing.
 */

const STORAGE_KEY = "search-words";

/** @typedef {ReturnType<typeof createSearchWords>} SearchWords */

/** @param {Storage} [storage] */
export function createSearchWords(storage = sessionStorage) {
  /** @returns {string[]} */
  const kept = () => JSON.parse(storage.getItem(STORAGE_KEY) ?? "[]");
  return {
    /** @param {string} typed @returns {number} the number of the search */
    keep(typed) {
      const words = [...kept(), typed];
      storage.setItem(STORAGE_KEY, JSON.stringify(words));
      return words.length - 1;
    },
    /** @param {unknown} number @returns {string} empty: forgotten, or never kept */
    of: (number) => kept()[Number(number ?? -1)] ?? "",
    forget: () => storage.removeItem(STORAGE_KEY),
  };
}
