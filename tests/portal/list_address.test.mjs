import assert from "node:assert/strict";
import { test } from "node:test";
import { readList, writeList } from "../../portal/public/js/list_address.js";
import { createSearchWords } from "../../portal/public/js/stores/search_words.js";

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
