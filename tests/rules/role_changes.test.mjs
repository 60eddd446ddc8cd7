/** Who gave or took which role: superusers read it, and nobody writes it. */
import { test } from "node:test";
import {
  addDoc,
  AFRIKA,
  as,
  asAdmin,
  asFunctions,
  asMember,
  asNobody,
  assertFails,
  assertSucceeds,
  asSuperuser,
  collection,
  deleteDoc,
  deleteField,
  doc,
  getDoc,
  getDocs,
  limit,
  orderBy,
  query,
  serverTimestamp,
  setDoc,
  SUPERUSER,
  updateDoc,
  useRegister,
} from "./environment.mjs";

useRegister();

const entry = () => ({
  kennitala: AFRIKA,
  by: SUPERUSER,
  before: [],
  after: ["admin"],
  at: serverTimestamp(),
});
const written = () => asFunctions((db) => setDoc(doc(db, "role_changes", "c"), entry()));
const history = (db) => getDocs(query(collection(db, "role_changes"), orderBy("at", "desc"), limit(50)));

test("a superuser reads the history of roles", async () => {
  await written();
  await assertSucceeds(history(asSuperuser()));
  await assertSucceeds(getDoc(doc(asSuperuser(), "role_changes", "c")));
});
for (const [who, browser] of [
  ["an admin", asAdmin],
  ["a member, even the one it is about,", asMember],
  ["nobody logged in", asNobody],
  ["a login without claims", () => as({})],
  ["a superuser's claim of somebody who is none", () => as({ kennitala: AFRIKA, roles: ["superuser"] })],
]) {
  test(`${who} does not read the history of roles`, async () => {
    await written();
    await assertFails(history(browser()));
    await assertFails(getDoc(doc(browser(), "role_changes", "c")));
  });
}
for (const [what, change] of Object.entries({
  "whose role was taken away": { roles: ["admin"] },
  "whose roles are gone": { roles: deleteField() },
  "who left": { "membership.status": "left" },
  "who is suspended": { "membership.status": "suspended" },
})) {
  test(`a superuser ${what} does not read the history, whatever their token says`, async () => {
    await asFunctions((db) => updateDoc(doc(db, "members", SUPERUSER), change));
    await assertFails(history(asSuperuser()));
  });
}
test("nobody writes the history of roles, superusers neither", async () => {
  await written();
  for (const browser of [asSuperuser, asAdmin, asMember, asNobody]) {
    await assertFails(addDoc(collection(browser(), "role_changes"), entry()));
    await assertFails(updateDoc(doc(browser(), "role_changes", "c"), { by: AFRIKA }));
    await assertFails(deleteDoc(doc(browser(), "role_changes", "c")));
  }
});
test("no browser writes roles, its own person's or another's", async () => {
  for (const browser of [asSuperuser, asAdmin, asMember]) {
    for (const kennitala of [SUPERUSER, AFRIKA]) {
      await assertFails(updateDoc(doc(browser(), "members", kennitala), { roles: ["superuser"] }));
    }
  }
});
