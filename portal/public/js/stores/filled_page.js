/** Full pages of a list, although the store's query also returns items that do not belong to it. */

/**
 * Asks the store until the page is full or there are no more items.
 * @template Item
 * @param {object} question
 * @param {(after: Item | null, count: number) => Promise<Item[]>} question.ask for `count` at most
 * @param {(item: Item) => boolean} question.belongs whether an item that the store returned is in the list
 * @param {Item | null} question.after where the page before ended
 * @param {number} question.size
 * @returns {Promise<{ items: Item[], next: Item | null }>} next: null if this is the last page
 */
export async function filledPage({ ask, belongs, after, size }) {
  /** @type {Item[]} */
  const found = [];
  const wanted = size + 1; // One more tells whether there is a next page.
  for (let last = after, ended = false; !ended && found.length < wanted;) {
    const answer = await ask(last, wanted);
    found.push(...answer.filter(belongs));
    ended = answer.length < wanted;
    last = answer[answer.length - 1] ?? null;
  }
  const items = found.slice(0, size);
  return { items, next: found.length > size ? items[items.length - 1] : null };
}
