/** What a session with the old number may do once the kennitala was corrected: nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AFRIKA,
  as,
  asFunctions,
  asMember,
  assertFails,
  assertSucceeds,
  collection,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  memberDocument,
  setDoc,
  updateDoc,
  useRegister,
} from "./environment.mjs";
import { commitEdit } from "./edits.mjs";

useRegister();

const NEW = "0101709999";

/** The sync's one commit: the document stands at the new number, and at the old one there is none. */
const correct = (fields = {}) =>
  asFunctions(async (db) => {
    await setDoc(doc(db, "members", NEW), { ...memberDocument(NEW), movedFrom: [AFRIKA], ...fields });
    await deleteDoc(doc(db, "members", AFRIKA));
  });

test("the old session sees an empty place, and not the new one", async () => {
  await correct();
  assert.equal((await getDoc(doc(asMember(), "members", AFRIKA))).exists(), false);
  await assertFails(getDoc(doc(asMember(), "members", NEW)));
});
test("the old session makes no document at the old number", async () => {
  await correct();
  await assertFails(setDoc(doc(asMember(), "members", AFRIKA), memberDocument(AFRIKA)));
  await assertFails(commitEdit(asMember(), { "profile.email": "new@example.is" }));
});
test("the old session of staff is none of staff's any more", async () => {
  await correct({ roles: ["admin"] });
  const db = as({ kennitala: AFRIKA, isMember: true, roles: ["member", "admin"] });
  await assertFails(getDocs(collection(db, "members")));
  await assertFails(getDoc(doc(db, "members", NEW)));
});
test("a session with the new number reads and edits, and claims no old one", async () => {
  await correct();
  await assertSucceeds(getDoc(doc(asMember(NEW), "members", NEW)));
  await assertSucceeds(
    commitEdit(
      asMember(NEW),
      { "profile.email": "new@example.is" },
      { target: NEW, entry: { kennitala: NEW } },
    ),
  );
  const forged = {
    target: NEW,
    entry: { kennitala: NEW },
    member: { movedFrom: [] },
    entryId: "e",
    place: 1,
  };
  await assertFails(commitEdit(asMember(NEW), { "profile.email": "other@example.is" }, forged));
  await assertFails(updateDoc(doc(asMember(NEW), "members", NEW), { movedFrom: ["0202801234"] }));
});
