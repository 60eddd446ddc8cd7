import assert from "node:assert/strict";
import { test } from "node:test";
import { readList, writeList } from "../../portal/public/js/list_address.js";
import { createSearchWords } from "../../portal/public/js/stores/search_words.js";
import { numberedPages } from "../../portal/public/js/stores/numbered_pages.js";

const ALL = { typed: "", status: "", district: "", page: 1 };

for (const state of [
  ALL,
  { ...ALL, typed: "Þórunn & Ösp" },
  { ...ALL, status: "left", district: "south", page: 3 },
  { ...ALL, typed: "010170-1234", page: 2 },
]) {
  test(`${JSON.stringify(state)} is the same after a reload`, () => {
    assert.deepEqual(readList(writeList(state), state.typed), state);
  });
}

test("no digit of a search is in the address, and a list as it begins has none of it", () => {
  for (const typed of ["0101701234", "010170", "5551234", "Anna 7"])
    assert.ok(!/\d/.test(writeList({ ...ALL, typed })), typed);
  assert.equal(writeList(ALL), "");
});

test("an address that somebody made up is the first page", () => {
  for (const page of ["0", "-1", "1.5", "x", ""]) assert.equal(readList(`?page=${page}`, "").page, 1, page);
});

test("each search has its words until the log-out", () => {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  const [first, second] = ["0101701234", "Anna"].map(createSearchWords(storage).keep);
  const reloaded = createSearchWords(storage);
  assert.deepEqual([first, second].map(reloaded.of), ["0101701234", "Anna"]);
  assert.deepEqual([undefined, 9, "x"].map(reloaded.of), ["", "", ""]);
  reloaded.forget();
  assert.deepEqual([kept.size, reloaded.of(first)], [0, ""]);
});

/** A list of so many items, in pages of two; what was asked for is kept. */
function list(count) {
  const asked = [];
  const load = async (after) => {
    asked.push(after);
    const begin = after === null ? 0 : after + 1;
    const items = [begin, begin + 1].filter((item) => item < count);
    return { items, next: begin + 2 < count ? begin + 1 : null };
  };
  return { asked, load };
}

test("a page is reached through those before it, once", async () => {
  const { asked, load } = list(7);
  const pages = numberedPages();
  assert.deepEqual(await pages.page("all", 3, load), { items: [4, 5], isLast: false });
  assert.deepEqual(asked.splice(0), [null, 1, 3]);
  assert.deepEqual(await pages.page("all", 4, load), { items: [6], isLast: true });
  assert.deepEqual(await pages.page("all", 2, load), { items: [2, 3], isLast: false });
  assert.deepEqual(asked.splice(0), [5, 1]);
  assert.deepEqual(await pages.page("others", 2, load), { items: [2, 3], isLast: false });
  assert.deepEqual(asked, [null, 1]);
});

test("a page behind the last one is empty", async () => {
  const { load } = list(3);
  assert.deepEqual(await numberedPages().page("all", 9, load), { items: [], isLast: true });
});
