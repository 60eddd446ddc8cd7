/** An edit says what its author saw: it is refused if a field holds something else by now. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AFRIKA,
  asFunctions,
  asMember,
  assertFails,
  assertSucceeds,
  deleteField,
  doc,
  getDoc,
  updateDoc,
  useRegister,
} from "./environment.mjs";
import { commitEdit } from "./edits.mjs";

useRegister();

const EMAIL = { "profile.email": "new@example.is" };
const EVERY_FIELD = {
  "profile.email": "new@example.is",
  "profile.phone": "5550000",
  "profile.address.street": "Dæmigata 9",
  "profile.address.postalcode": "600",
  "profile.address.city": "Akureyri",
  "profile.gender": "other",
  "profile.housingSituation": "rental",
  "profile.reachable": false,
  "profile.groupable": false,
};
const edit = (changes, seen) => commitEdit(asMember(), changes, { entry: { seen } });
const held = (values) => asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), values));

/** What the document holds of these fields. */
async function present(changes) {
  const document = (await getDoc(doc(asMember(), "members", AFRIKA))).data();
  const at = (path) => path.split(".").reduce((part, key) => part?.[key], document);
  return Object.fromEntries(Object.keys(changes).map((path) => [path, at(path) ?? null]));
}

test("an edit of what was seen arrives, be it of every field", async () => {
  await assertSucceeds(edit(EVERY_FIELD, await present(EVERY_FIELD)));
  assert.deepEqual(await present(EVERY_FIELD), EVERY_FIELD);
});

for (const path of Object.keys(EVERY_FIELD)) {
  test(`an edit of ${path} is refused if it holds another value than was seen`, async () => {
    const seen = await present(EVERY_FIELD);
    await assertFails(edit(EVERY_FIELD, { ...seen, [path]: "something else" }));
    await assertFails(edit({ [path]: EVERY_FIELD[path] }, { [path]: null }));
    assert.deepEqual(await present(EVERY_FIELD), seen);
  });
}

test("what happened to other fields is in nobody's way", async () => {
  const seen = await present(EMAIL);
  await held({ "profile.phone": "5550001", "profile.reachable": false, "profile.groupable": false });
  await assertSucceeds(edit(EMAIL, seen));
});

test("a field that is not there was seen as empty", async () => {
  await held({ "profile.email": deleteField(), "profile.address": null });
  const city = { "profile.address.city": "Selfoss" };
  await assertSucceeds(edit({ ...EMAIL, ...city }, { "profile.email": null, "profile.address.city": null }));
});

test("what does not belong in a field was seen, too, so that the member can mend it", async () => {
  await held({ "profile.email": { work: "old@example.is" } });
  await assertSucceeds(edit(EMAIL, { "profile.email": { work: "old@example.is" } }));
});

test("what was seen is told of the changed fields, of all and of no other", async () => {
  const seen = await present({ ...EMAIL, "profile.phone": null });
  await assertFails(edit(EMAIL, seen));
  await assertFails(edit(EMAIL, {}));
  await assertFails(edit(EMAIL, { ...(await present(EMAIL)), name: "Gervimaður" }));
  for (const nothing of [null, "old@example.is", ["profile.email"], 5])
    await assertFails(edit(EMAIL, nothing));
});

test("a page of an earlier release does not say what was seen, and is taken", async () => {
  await assertSucceeds(commitEdit(asMember(), EMAIL));
});
