import assert from "node:assert/strict";
import { test } from "node:test";
import { createDraftStore } from "../../portal/public/js/drafts.js";

const ONE = "0101302989";
const OTHER = "0202602749";
const DRAFT = { typed: "not an addre", seen: "a@b.is", sent: [] };

/** What a tab keeps. */
function storage() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    kept,
  };
}

test("what was typed is there after the page was loaded again, with what it was made on", () => {
  const tab = storage();
  createDraftStore(tab).of(ONE).put("profile.email", DRAFT.typed, DRAFT.seen);
  const again = createDraftStore(tab);
  assert.deepEqual(again.of(ONE).all(), [["profile.email", DRAFT]]);
  assert.ok(!again.isEmpty());
});

test("what is saved is forgotten, and the rest stays", () => {
  const drafts = createDraftStore(storage()).of(ONE);
  drafts.put("profile.email", DRAFT.typed, DRAFT.seen);
  drafts.put("profile.phone", "555", null);
  drafts.retain((path) => path === "profile.phone");
  assert.deepEqual(
    drafts.all().map(([path]) => path),
    ["profile.phone"],
  );
});

test("nobody else sees it, and a log-out leaves nothing in the tab", () => {
  const tab = storage();
  const store = createDraftStore(tab);
  store.of(ONE).put("profile.email", DRAFT.typed, DRAFT.seen);
  assert.deepEqual(store.of(OTHER).all(), []);
  store.forget();
  assert.deepEqual([store.isEmpty(), store.of(ONE).all(), tab.kept.size], [true, [], 0]);
});

test("what was sent is known after the page was loaded again, as long as it is not known to be saved", () => {
  const tab = storage();
  const before = createDraftStore(tab).of(ONE);
  before.put("profile.email", "a@b.is", null);
  before.send({ "profile.email": "a@b.is", "profile.phone": "5551234" });
  const after = createDraftStore(tab).of(ONE);
  after.put("profile.email", "b@b.is", null);
  assert.deepEqual([after.sent("profile.email"), after.sent("profile.phone")], [["a@b.is"], []]);
  after.retain(() => false);
  assert.deepEqual(after.sent("profile.email"), []);
});
