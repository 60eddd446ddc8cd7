import assert from "node:assert/strict";
import { test } from "node:test";
import { changedValues, OvertakenError, wantedChanges } from "../../portal/public/js/seen_values.js";

const EMAIL = "profile.email";
const CITY = "profile.address.city";
const MINE = { [EMAIL]: "mine@b.is", [CITY]: "Selfoss" };

/** What is in the way of an edit whose author saw these values. */
function newer(document, seen, changes = MINE) {
  try {
    wantedChanges(document, changes, seen);
  } catch (error) {
    assert.ok(error instanceof OvertakenError);
    return error.newer;
  }
  return {};
}

test("an edit goes on if each of its fields holds what was seen, whatever happened to others", () => {
  const document = { profile: { email: "a@b.is", phone: "5551234", address: { city: "Akureyri" } } };
  assert.deepEqual(wantedChanges(document, MINE, { [EMAIL]: "a@b.is", [CITY]: "Akureyri" }), MINE);
});

test("the newer values are told, and those alone", () => {
  const document = { profile: { email: "new@b.is", address: { city: null } } };
  assert.deepEqual(newer(document, { [EMAIL]: "old@b.is", [CITY]: null }), { [EMAIL]: "new@b.is" });
  assert.deepEqual(newer(document, { [EMAIL]: "new@b.is", [CITY]: "Akureyri" }), { [CITY]: null });
});

test("what was not shown was not seen", () => {
  const document = { profile: { email: "new@b.is", address: { city: "Akureyri" } } };
  assert.deepEqual(newer(document, {}), { [EMAIL]: "new@b.is", [CITY]: "Akureyri" });
});

test("what the document holds already is nobody's loss, and is left out", () => {
  const document = { profile: { email: "mine@b.is", address: { city: "Akureyri" } } };
  const seen = { [EMAIL]: "old@b.is", [CITY]: "Akureyri" };
  assert.deepEqual(wantedChanges(document, MINE, seen), { [CITY]: "Selfoss" });
});

test("a field that is not there is an empty one", () => {
  assert.deepEqual(newer({}, { [EMAIL]: undefined, [CITY]: null }), {});
  assert.deepEqual(newer({ profile: { address: "a text" } }, { [CITY]: null }), {});
});

test("what does not belong in a field was seen, too, so that the member can mend it", () => {
  const spoilt = { profile: { email: { work: "a@b.is" } } };
  assert.deepEqual(newer(spoilt, { [EMAIL]: { work: "a@b.is" } }), {});
});

test("a value that the same person wrote a moment ago is in nobody's way", () => {
  const document = { profile: { email: "half@b.is", address: { city: "theirs" } } };
  const own = (path) => (path === EMAIL ? ["first@b.is", "half@b.is"] : []);
  assert.deepEqual(wantedChanges(document, { [EMAIL]: "mine@b.is" }, { [EMAIL]: "old@b.is" }, own), {
    [EMAIL]: "mine@b.is",
  });
  assert.throws(() => wantedChanges(document, MINE, { [CITY]: null }, own), OvertakenError);
});

test("what changed between two states of the document is told of the fields that are asked for", () => {
  const earlier = { profile: { email: "a@b.is", address: { city: "Akureyri" } } };
  const now = { profile: { email: "new@b.is", address: {} } };
  assert.deepEqual(changedValues(earlier, now, [EMAIL]), { [EMAIL]: "new@b.is" });
  assert.deepEqual(changedValues(earlier, now, [CITY]), { [CITY]: null });
  assert.deepEqual(changedValues(earlier, earlier, [EMAIL, CITY]), {});
  assert.deepEqual(changedValues({}, { profile: { email: null } }, [EMAIL]), {});
});
