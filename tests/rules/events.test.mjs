/** The association's events: who may read them, who may write them, and which content is valid. */
import { test } from "node:test";
import {
  addDoc,
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
  serverTimestamp,
  setDoc,
  Timestamp,
  updateDoc,
  useRegister,
} from "./environment.mjs";

useRegister();

const STARTS = Timestamp.fromDate(new Date("2026-12-01T18:00:00Z"));
const ENDS = Timestamp.fromDate(new Date("2026-12-01T20:00:00Z"));
const event = (overrides = {}) => ({
  title: "Aðalfundur",
  place: "Bolholt 6",
  link: "https://example.is/fundur",
  description: "Dagskrá:\n1. Kosning",
  startsAt: STARTS,
  endsAt: ENDS,
  updatedAt: serverTimestamp(),
  ...overrides,
});
const announce = (db, overrides) => addDoc(collection(db, "events"), event(overrides));
const announced = () => asFunctions((db) => setDoc(doc(db, "events", "e"), event()));
const asPastMember = () => as({ kennitala: "0101303019", roles: [], isMember: false });

test("members and staff read events", async () => {
  await announced();
  for (const db of [asMember(), asAdmin(), asSuperuser()]) {
    await assertSucceeds(getDoc(doc(db, "events", "e")));
    await assertSucceeds(getDocs(collection(db, "events")));
  }
});

test("who is no member now, or nobody, reads none", async () => {
  await announced();
  for (const db of [asPastMember(), as({}), as({ isMember: "true" }), asNobody()]) {
    await assertFails(getDoc(doc(db, "events", "e")));
    await assertFails(getDocs(collection(db, "events")));
  }
});

test("staff announce, change and delete events", async () => {
  for (const db of [asAdmin(), asSuperuser()]) {
    await assertSucceeds(announce(db));
    await announced();
    await assertSucceeds(setDoc(doc(db, "events", "e"), event({ title: "Félagsfundur" })));
    await assertSucceeds(deleteDoc(doc(db, "events", "e")));
  }
});

test("nobody else does", async () => {
  for (const db of [asMember(), asPastMember(), asNobody()]) {
    await announced();
    await assertFails(announce(db));
    await assertFails(setDoc(doc(db, "events", "e"), event()));
    await assertFails(deleteDoc(doc(db, "events", "e")));
  }
});

test("an event may lack place, link and description", () =>
  assertSucceeds(announce(asAdmin(), { place: null, link: null, description: null })));

const REFUSED = {
  title: [null, "", 5, "x".repeat(201), "a\nb"],
  place: ["", 5, "x".repeat(201), "a\u0000b"],
  link: [
    "",
    5,
    "http://example.is",
    "javascript:alert(1)",
    "https://",
    'https://example.is/"x',
    "https://example.is/ x",
    `https://example.is/${"x".repeat(500)}`,
  ],
  description: ["", 5, "x".repeat(4001), "a\u0007b"],
  startsAt: [null, "2026-12-01T18:00:00Z", ENDS, Timestamp.fromDate(new Date("2027-01-01T00:00:00Z"))],
  endsAt: [null, 5, STARTS],
  updatedAt: [null, STARTS],
  audience: ["everybody"],
};
for (const [field, values] of Object.entries(REFUSED)) {
  test(`an event with such a ${field} is refused`, async () => {
    for (const value of values) await assertFails(announce(asAdmin(), { [field]: value }));
  });
}

test("an event stays complete", async () => {
  await announced();
  for (const field of ["title", "place", "link", "description", "startsAt", "endsAt"]) {
    const change = { [field]: deleteField(), updatedAt: serverTimestamp() };
    await assertFails(updateDoc(doc(asAdmin(), "events", "e"), change));
  }
});

test("an event has a name of a few letters", () =>
  assertFails(setDoc(doc(asAdmin(), "events", "x".repeat(1500)), event())));
