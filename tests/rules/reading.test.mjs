/** Who may read what. */
import { test } from "node:test";
import {
  AFRIKA,
  AMERIKA,
  as,
  asAdmin,
  asFunctions,
  asMember,
  asNobody,
  assertFails,
  assertSucceeds,
  asSuperuser,
  collection,
  doc,
  getDoc,
  getDocs,
  query,
  setDoc,
  useRegister,
  where,
} from "./environment.mjs";
import { queueEntry } from "./edits.mjs";

useRegister();

const member = (db, kennitala = AFRIKA) => getDoc(doc(db, "members", kennitala));
const members = (db) => getDocs(collection(db, "members"));

test("a member reads their own document", () => assertSucceeds(member(asMember())));
test("a member reads nobody else's document", () => assertFails(member(asMember(), AMERIKA)));
test("a member cannot list members", () => assertFails(members(asMember())));
test("a member cannot list members by asking for themselves", () =>
  assertFails(getDocs(query(collection(asMember(), "members"), where("kennitala", "==", AFRIKA)))));
test("nobody logged in reads nothing", async () => {
  await assertFails(member(asNobody()));
  await assertFails(members(asNobody()));
  await assertFails(getDocs(collection(asNobody(), "sync_logs")));
});
test("a login without a kennitala or roles reads nothing", async () => {
  await assertFails(member(as({})));
  await assertFails(members(as({})));
});
for (const [role, browser] of [
  ["admin", asAdmin],
  ["superuser", asSuperuser],
]) {
  test(`a ${role} reads and lists members, queue and logs`, async () => {
    await assertSucceeds(member(browser()));
    await assertSucceeds(members(browser()));
    await assertSucceeds(getDocs(collection(browser(), "sync_queue")));
    await assertSucceeds(getDocs(collection(browser(), "sync_logs")));
  });
}
test("a role of another name opens nothing", () =>
  assertFails(members(as({ roles: ["administrator", "member"] }))));
test("a member reads their own queue entry and no other's", async () => {
  await asFunctions((db) => setDoc(doc(db, "sync_queue", "e"), queueEntry({ "profile.phone": "5551111" })));
  await assertSucceeds(getDoc(doc(asMember(), "sync_queue", "e")));
  await assertSucceeds(getDoc(doc(asAdmin(), "sync_queue", "e")));
  await assertFails(getDoc(doc(asMember(AMERIKA), "sync_queue", "e")));
});
test("a member cannot list the queue or read the logs", async () => {
  await assertFails(getDocs(collection(asMember(), "sync_queue")));
  await assertFails(getDoc(doc(asMember(), "sync_logs", "log-1")));
});
test("staff read what is held, and nobody writes it", async () => {
  const run = (db) => doc(db, "held_runs", "run-1");
  await asFunctions((db) => setDoc(run(db), { status: "held" }));
  for (const db of [asAdmin(), asSuperuser()]) {
    await assertSucceeds(getDoc(run(db)));
    await assertFails(setDoc(run(db), { status: "released" }));
  }
  await assertFails(getDoc(run(asMember())));
});
test("a collection that no rule names is closed to all, admins too", async () => {
  await assertFails(getDoc(doc(asAdmin(), "secrets", "x")));
  await assertFails(getDoc(doc(asAdmin(), "members", AFRIKA, "notes", "x")));
});
