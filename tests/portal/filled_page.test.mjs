import assert from "node:assert/strict";
import { test } from "node:test";
import { filledPage } from "../../portal/public/js/stores/filled_page.js";

/** A store that holds the numbers below `total`, and counts the queries. */
function numbersBelow(total) {
  const store = {
    asked: 0,
    ask: async (after, count) => {
      store.asked += 1;
      const numbers = Array.from({ length: total }, (_, number) => number);
      return numbers.filter((number) => number > (after ?? -1)).slice(0, count);
    },
  };
  return store;
}

const all = () => true;
const even = (number) => number % 2 === 0;

test("where everything belongs, one question makes a page", async () => {
  const store = numbersBelow(7);
  const first = await filledPage({ ask: store.ask, belongs: all, after: null, size: 3 });
  assert.deepEqual(first, { items: [0, 1, 2], next: 2 });
  assert.equal(store.asked, 1);
});

test("the last page has no next, whether it is full or not", async () => {
  const { ask } = numbersBelow(6);
  assert.deepEqual(await filledPage({ ask, belongs: all, after: 2, size: 3 }), {
    items: [3, 4, 5],
    next: null,
  });
  assert.deepEqual(await filledPage({ ask, belongs: all, after: 4, size: 3 }), { items: [5], next: null });
  assert.deepEqual(await filledPage({ ask, belongs: all, after: 5, size: 3 }), { items: [], next: null });
});

test("what does not belong is left out, and its place filled from the next answer", async () => {
  const { ask } = numbersBelow(9);
  const first = await filledPage({ ask, belongs: even, after: null, size: 3 });
  assert.deepEqual(first, { items: [0, 2, 4], next: 4 });
  assert.deepEqual(await filledPage({ ask, belongs: even, after: first.next, size: 3 }), {
    items: [6, 8],
    next: null,
  });
});

test("a store without anything that belongs is asked to its end, and no further", async () => {
  const store = numbersBelow(8);
  const page = await filledPage({ ask: store.ask, belongs: () => false, after: null, size: 3 });
  assert.deepEqual(page, { items: [], next: null });
  assert.equal(store.asked, 3);
});
