/**
 * Pages by their number, of a store that only knows what comes after an item. Where the pages of the newest question
 * begin is remembered; a page whose place is not known is reached through those before it.
 */

/**
 * @template Item
 * @typedef {(after: Item | null) => Promise<{ items: Item[], next: Item | null }>} Load
 */

/** @template Item */
export function numberedPages() {
  let asked = "";
  /** @type {(Item | null)[]} the item before each page */
  let starts = [null];
  return {
    /**
     * @param {string} question
     * @param {number} number from 1
     * @param {Load<Item>} load
     * @returns {Promise<{ items: Item[], isLast: boolean }>} no items if there is no such page
     */
    async page(question, number, load) {
      if (question !== asked) [asked, starts] = [question, [null]];
      const places = starts;
      for (let known = places.length; ; known += 1) {
        const reached = Math.min(known, number);
        const { items, next } = await load(places[reached - 1]);
        if (next !== null) places[reached] = next;
        if (reached === number) return { items, isLast: next === null };
        if (next === null) return { items: [], isLast: true };
      }
    },
  };
}
