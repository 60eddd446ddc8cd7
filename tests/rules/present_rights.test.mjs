/** Rights depend on a person's present document, because a token still says what was true when it was made. */
import { test } from "node:test";
import {
  ADMIN,
  AFRIKA,
  as,
  asAdmin,
  asFunctions,
  asMember,
  assertFails,
  assertSucceeds,
  collection,
  deleteDoc,
  deleteField,
  doc,
  getDoc,
  getDocs,
  setDoc,
  updateDoc,
  useRegister,
} from "./environment.mjs";

useRegister();

const register = (change) => asFunctions((db) => updateDoc(doc(db, "members", ADMIN), change));
const event = (db) => setDoc(doc(db, "events", "e"), { title: "Aðalfundur" });

const LOST = {
  "whose role was taken away": { roles: ["member"] },
  "whose roles are gone": { roles: deleteField() },
  "who left": { "membership.status": "left" },
  "who is suspended": { "membership.status": "suspended" },
  "whose standing is not known": { membership: deleteField() },
  "whose standing is a text": { membership: "active" },
  "whose roles are a text": { roles: "admin" },
};
for (const [who, change] of Object.entries(LOST)) {
  test(`staff ${who} may do nothing of staff's, whatever their token says`, async () => {
    await assertSucceeds(getDocs(collection(asAdmin(), "members")));
    await register(change);
    await assertFails(getDocs(collection(asAdmin(), "members")));
    await assertFails(getDoc(doc(asAdmin(), "members", AFRIKA)));
    await assertFails(getDocs(collection(asAdmin(), "sync_queue")));
    await assertFails(getDocs(collection(asAdmin(), "sync_logs")));
    await assertFails(deleteDoc(doc(asAdmin(), "events", "e")));
  });
}

test("staff who were erased may do nothing of staff's", async () => {
  await asFunctions((db) => deleteDoc(doc(db, "members", ADMIN)));
  await assertFails(getDocs(collection(asAdmin(), "members")));
});

test("a role in the token of somebody else than the document's person opens nothing", () =>
  assertFails(getDocs(collection(as({ roles: ["admin"] }), "members"))));

test("a role that the token does not hold yet opens nothing", async () => {
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { roles: ["admin"] }));
  await assertFails(getDocs(collection(asMember(), "members")));
});

test("who left reads no more events, whatever their token says", async () => {
  await asFunctions(event);
  await assertSucceeds(getDoc(doc(asMember(), "events", "e")));
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { "membership.status": "left" }));
  await assertFails(getDoc(doc(asMember(), "events", "e")));
});

test("who left still reads what the register holds about them", async () => {
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { "membership.status": "left" }));
  await assertSucceeds(getDoc(doc(asMember(), "members", AFRIKA)));
});
