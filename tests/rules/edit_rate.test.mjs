/** How often a member may edit, and that an edit changes something. */
import { test } from "node:test";
import {
  AFRIKA,
  asFunctions,
  asMember,
  assertFails,
  assertSucceeds,
  doc,
  Timestamp,
  updateDoc,
  useRegister,
} from "./environment.mjs";
import { commitEdit } from "./edits.mjs";

useRegister();

const PLACES = 25;
const email = (number) => ({ "profile.email": `number-${number}@example.is` });
const ago = (seconds) => Timestamp.fromMillis(Date.now() - seconds * 1000);

/** The document after so many edits, of which the first was so many seconds ago, and the others one. */
const afterEdits = (count, seconds = 1) =>
  asFunctions((db) => {
    const times = Array.from({ length: count }, (_, place) => [place, place === 0 ? ago(seconds) : ago(1)]);
    const taken = { editPlace: count - 1, editTimes: Object.fromEntries(times) };
    return updateDoc(doc(db, "members", AFRIKA), taken);
  });

test("of the edits in a minute twenty-five are taken", async () => {
  await afterEdits(PLACES - 2);
  for (let number = PLACES - 2; number < PLACES + 3; number += 1) {
    const edit = commitEdit(asMember(), email(number), {
      entryId: `entry-${number}`,
      place: number % PLACES,
    });
    await (number < PLACES ? assertSucceeds(edit) : assertFails(edit));
  }
});

test("a minute after the first of them one more is taken", async () => {
  await afterEdits(PLACES, 61);
  await assertSucceeds(commitEdit(asMember(), email(0)));
  await afterEdits(PLACES, 50);
  await assertFails(commitEdit(asMember(), email(1), { entryId: "entry-2" }));
});

test("an edit takes the next place and no other", async () => {
  for (const place of [1, 24, 25, -1]) await assertFails(commitEdit(asMember(), email(0), { place }));
  await assertSucceeds(commitEdit(asMember(), email(0)));
  await assertFails(commitEdit(asMember(), email(1), { entryId: "entry-2" }));
  await assertSucceeds(commitEdit(asMember(), email(1), { entryId: "entry-2", place: 1 }));
});

const FORGED = {
  "another place's time": { "editTimes.7": ago(3600) },
  "a time of its own": { "editTimes.0": ago(3600) },
  "a place that it does not take": { editPlace: 5 },
};
for (const [what, member] of Object.entries(FORGED)) {
  test(`an edit with ${what} is refused`, () => assertFails(commitEdit(asMember(), email(0), { member })));
}

test("the times of before stay", async () => {
  await afterEdits(PLACES, 61);
  await assertFails(commitEdit(asMember(), email(0), { member: { editTimes: { 0: Timestamp.now() } } }));
});

test("an edit that changes nothing is refused", async () => {
  await assertFails(commitEdit(asMember(), { "profile.email": "old@example.is" }));
  await assertSucceeds(commitEdit(asMember(), { "profile.email": "old@example.is", "profile.phone": null }));
});
