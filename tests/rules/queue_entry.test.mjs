/** Which entries a member may write to `/sync_queue`. */
import { test } from "node:test";
import {
  AFRIKA,
  AMERIKA,
  asAdmin,
  asFunctions,
  asMember,
  assertFails,
  assertSucceeds,
  deleteDoc,
  deleteField,
  doc,
  setDoc,
  updateDoc,
  useRegister,
  writeBatch,
  addDoc,
  collection,
} from "./environment.mjs";
import { commitEdit, memberUpdate, queueEntry } from "./edits.mjs";

useRegister();

const EMAIL = { "profile.email": "new@example.is" };

test("an entry comes with its member document or not at all", async () => {
  await assertFails(setDoc(doc(asMember(), "sync_queue", "entry-1"), queueEntry(EMAIL)));
  await assertFails(addDoc(collection(asMember(), "sync_queue"), queueEntry(EMAIL)));
});

test("an entry is named by the member document", async () => {
  await assertFails(commitEdit(asMember(), EMAIL, { member: { lastEdit: "entry-2" } }));
});

test("one edit has one entry", async () => {
  const db = asMember();
  const batch = writeBatch(db);
  batch.set(doc(db, "sync_queue", "entry-1"), queueEntry(EMAIL));
  batch.set(doc(db, "sync_queue", "entry-2"), queueEntry({ "profile.phone": "5550000" }));
  batch.update(doc(db, "members", AFRIKA), memberUpdate(EMAIL, "entry-1"));
  await assertFails(batch.commit());
});

test("an entry that the member document once named cannot be written again", async () => {
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { lastEdit: "entry-1" }));
  await assertFails(setDoc(doc(asMember(), "sync_queue", "entry-1"), queueEntry(EMAIL)));
});

const FORGED = {
  target: "firestore",
  action: "delete",
  status: "synced",
  kennitala: AMERIKA,
  syncedAt: new Date(),
  changes: null,
  priority: 1,
  editedBy: "kenni:somebody-else",
  editedAs: "staff",
};
for (const [field, value] of Object.entries(FORGED)) {
  test(`an entry with a forged ${field} is refused`, () =>
    assertFails(commitEdit(asMember(), EMAIL, { entry: { [field]: value } })));
}

for (const field of ["target", "action", "changes", "status", "syncedAt", "editedBy", "editedAs"]) {
  test(`an entry without ${field} is refused`, async () => {
    const db = asMember();
    const batch = writeBatch(db);
    const entry = queueEntry(EMAIL);
    delete entry[field];
    batch.set(doc(db, "sync_queue", "entry-1"), entry);
    batch.update(doc(db, "members", AFRIKA), memberUpdate(EMAIL, "entry-1"));
    await assertFails(batch.commit());
  });
}

test("an entry that changes nothing is refused", () => assertFails(commitEdit(asMember(), {})));

test("nobody alters or removes an entry", async () => {
  await assertSucceeds(commitEdit(asMember(), EMAIL));
  for (const db of [asMember(), asAdmin()]) {
    const entry = doc(db, "sync_queue", "entry-1");
    await assertFails(updateDoc(entry, { status: "synced" }));
    await assertFails(updateDoc(entry, { changes: deleteField() }));
    await assertFails(deleteDoc(entry));
  }
});

test("nobody writes logs", async () => {
  await assertFails(setDoc(doc(asAdmin(), "sync_logs", "forged"), { status: "success" }));
  await assertFails(deleteDoc(doc(asAdmin(), "sync_logs", "log-1")));
});
