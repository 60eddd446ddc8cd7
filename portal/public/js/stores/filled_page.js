/** Pages of a list of which the store knows only roughly who belongs to it. */

/**
 * Asks until the page is full or there is no more.
 * @template Item
 * @param {object} question
 * @param {(after: Item | null, count: number) => Promise<Item[]>} question.ask for `count` at most
 * @param {(item: Item) => boolean} question.belongs the last word on what the store answers
 * @param {Item | null} question.after where the page before ended
 * @param {number} question.size
 * @returns {Promise<{ items: Item[], next: Item | null }>} next: null where this is the last page
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
