/** Which changes a member may make in their own document, and how. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AFRIKA,
  AMERIKA,
  asAdmin,
  asFunctions,
  asMember,
  asNobody,
  assertFails,
  assertSucceeds,
  deleteDoc,
  deleteField,
  doc,
  getDoc,
  memberDocument,
  setDoc,
  serverTimestamp,
  Timestamp,
  updateDoc,
  useRegister,
  writeBatch,
} from "./environment.mjs";
import { commitEdit, memberUpdate, queueEntry } from "./edits.mjs";

useRegister();

const EMAIL = { "profile.email": "new@example.is" };
const ALLOWED = {
  "profile.email": ["thorunn@example.is", "a.b+c@sub.example.co.uk", null],
  "profile.phone": ["5551234", "+4512345678", "+12345", null],
  "profile.gender": ["unknown", "male", "female", "other"],
  "profile.housingSituation": ["unknown", "owner", "rental", "cooperative", "family", "other", "homeless"],
  "profile.reachable": [true, false],
  "profile.groupable": [true, false],
  "profile.address.street": ["Þórsgata 5", null],
  "profile.address.postalcode": ["101", "SW1A 1AA", null],
  "profile.address.city": ["Reykjavík", null],
};
const REFUSED = {
  "profile.email": [
    "",
    "a",
    "a@b",
    "a..b@c.is",
    "a@b..c",
    "a@b.-c",
    ".a@c.is",
    "a@-c.is",
    "a@c.is-",
    "a b@example.is",
    "a@b.is\n",
    5,
    true,
    ["a@b.is"],
  ],
  "profile.phone": [
    "",
    "555-1234",
    "555123",
    "55512345",
    "+3545551234",
    "+123",
    "+0123456",
    5551234,
    "hello",
  ],
  "profile.gender": ["Male", 1, null],
  "profile.housingSituation": ["castle", 6, null],
  "profile.reachable": ["true", 1, null],
  "profile.groupable": ["false", 0, null],
  "profile.address.street": ["", " ", "a ", "\u00a0a", "a\u0000b", "a\nb", "a\u200bb", "\u202ea", 5, {}],
  "profile.address.postalcode": ["", 101],
  "profile.address.city": ["", 5, "\u0000"],
};

test("an edit of several fields arrives whole", async () => {
  const db = asMember();
  await assertSucceeds(
    commitEdit(db, { ...EMAIL, "profile.address.city": "Akureyri", "profile.reachable": false }),
  );
  const { profile } = (await getDoc(doc(db, "members", AFRIKA))).data();
  assert.deepEqual(
    [profile.email, profile.address.city, profile.reachable],
    ["new@example.is", "Akureyri", false],
  );
});

for (const [path, values] of Object.entries(ALLOWED)) {
  for (const value of values) {
    test(`${path} may become ${JSON.stringify(value)}`, async () => {
      await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { [path]: "something else" }));
      await assertSucceeds(commitEdit(asMember(), { [path]: value }));
    });
  }
}
for (const [path, values] of Object.entries(REFUSED)) {
  for (const value of values) {
    test(`${path} may not become ${JSON.stringify(value).slice(0, 40)}`, () =>
      assertFails(commitEdit(asMember(), { [path]: value })));
  }
}

const FOREIGN = {
  name: "Somebody Else",
  kennitala: AMERIKA,
  verified: false,
  roles: ["admin"],
  "membership.status": "suspended",
  "membership.djangoId": 2,
  "profile.birthday": "2000-01-01",
  "profile.noSuchField": "x",
  "profile.address.country": "IS",
  "sync.operation": "forged",
  notes: "x",
};
for (const [path, value] of Object.entries(FOREIGN)) {
  test(`a member cannot write ${path}, declared or hidden beside a contact field`, async () => {
    await assertFails(commitEdit(asMember(), { [path]: value }));
    await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, [path]: value } }));
  });
}

test("a member cannot take a field out of the document", async () => {
  await assertFails(
    commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.birthday": deleteField() } }),
  );
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, roles: deleteField() } }));
  await assertFails(commitEdit(asMember(), EMAIL, { written: { profile: "gone" } }));
});

test("the values written are those that the entry declares", async () => {
  await assertFails(commitEdit(asMember(), EMAIL, { written: { "profile.email": "other@example.is" } }));
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.phone": "5550000" } }));
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.gender": "other" } }));
  await assertFails(
    commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.housingSituation": "rental" } }),
  );
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.reachable": false } }));
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.groupable": false } }));
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.address.street": "X" } }));
  await assertFails(
    commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.address.postalcode": "600" } }),
  );
  await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.address.city": "X" } }));
  await assertFails(commitEdit(asMember(), { ...EMAIL, "profile.phone": "5550000" }, { written: EMAIL }));
});

test("an address that was never known can be given", async () => {
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { "profile.address": null }));
  await assertSucceeds(commitEdit(asMember(), { "profile.address.street": "Dæmigata 2" }));
});

const NO_ADDRESS = {
  "profile.address.street": null,
  "profile.address.postalcode": null,
  "profile.address.city": null,
};

for (const [what, value] of Object.entries({
  "a text": "Dæmigata 1",
  "900 kB of text": "x".repeat(900_000),
  "a number": 5,
  "a list": ["Dæmigata 1"],
  "a time": serverTimestamp(),
  "a map with more in it": { country: "IS" },
})) {
  test(`an address never becomes ${what}`, async () => {
    await assertFails(commitEdit(asMember(), NO_ADDRESS, { written: { "profile.address": value } }));
    await assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, "profile.address": value } }));
  });
}

test("an address is emptied as a whole, or with its fields", async () => {
  await assertSucceeds(commitEdit(asMember(), NO_ADDRESS, { written: { "profile.address": null } }));
  await assertSucceeds(commitEdit(asMember(), NO_ADDRESS, { entryId: "entry-2", place: 1 }));
});

test("a member mends an address that somebody else spoilt, and may leave it as it is", async () => {
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { "profile.address": "Dæmigata 1" }));
  await assertSucceeds(commitEdit(asMember(), EMAIL));
  await assertSucceeds(
    commitEdit(asMember(), { "profile.address.street": "Dæmigata 2" }, { entryId: "entry-2", place: 1 }),
  );
});

test("a profile is a map, whatever it was", async () => {
  await assertFails(commitEdit(asMember(), EMAIL, { written: { profile: null } }));
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { profile: "gone" }));
  await assertFails(commitEdit(asMember(), EMAIL, { written: {} }));
  await assertSucceeds(commitEdit(asMember(), EMAIL));
});

test("an entry has a name of a few letters", async () => {
  await assertFails(commitEdit(asMember(), EMAIL, { entryId: "x".repeat(1500) }));
  await assertFails(commitEdit(asMember(), EMAIL, { entryId: "entry 1" }));
});

test("an old value that today's rules would refuse does not block other fields", async () => {
  await asFunctions((db) => updateDoc(doc(db, "members", AFRIKA), { "profile.phone": "555 12 34" }));
  await assertSucceeds(commitEdit(asMember(), EMAIL));
});

test("the time of an edit is the server's", async () => {
  const past = Timestamp.fromDate(new Date("2020-01-01T00:00:00Z"));
  await assertFails(commitEdit(asMember(), EMAIL, { member: { updatedAt: past } }));
  await assertFails(commitEdit(asMember(), EMAIL, { entry: { createdAt: past } }));
});

test("a member document is never changed without its entry", async () => {
  const db = asMember();
  await assertFails(updateDoc(doc(db, "members", AFRIKA), { ...EMAIL, updatedAt: serverTimestamp() }));
  await assertFails(updateDoc(doc(db, "members", AFRIKA), memberUpdate(EMAIL, "no-such-entry")));
  await assertFails(updateDoc(doc(db, "members", AFRIKA), memberUpdate(EMAIL, "../members/x")));
  await assertFails(updateDoc(doc(db, "members", AFRIKA), memberUpdate(EMAIL, 5)));
});

test("an entry vouches for one edit only", async () => {
  await assertSucceeds(commitEdit(asMember(), EMAIL));
  await assertFails(updateDoc(doc(asMember(), "members", AFRIKA), memberUpdate(EMAIL, "entry-1")));
});

test("an entry that the functions made for somebody else vouches for nothing", async () => {
  await asFunctions((db) =>
    setDoc(doc(db, "sync_queue", "foreign"), queueEntry(EMAIL, { kennitala: AMERIKA })),
  );
  await assertFails(updateDoc(doc(asMember(), "members", AFRIKA), memberUpdate(EMAIL, "foreign")));
});

test("nobody writes another member's document", async () => {
  await assertFails(commitEdit(asMember(), EMAIL, { target: AMERIKA }));
  await assertFails(commitEdit(asMember(AMERIKA), EMAIL));
  await assertFails(commitEdit(asNobody(), EMAIL));
  await assertFails(commitEdit(asAdmin(), EMAIL));
});

test("another member's entry in the same batch is refused", () =>
  assertFails(commitEdit(asMember(), EMAIL, { entry: { kennitala: AMERIKA } })));

test("no browser creates or deletes members", async () => {
  for (const db of [asMember(), asAdmin()]) {
    await assertFails(setDoc(doc(db, "members", "0101309999"), memberDocument("0101309999")));
    await assertFails(deleteDoc(doc(db, "members", AFRIKA)));
    await assertFails(setDoc(doc(db, "members", AFRIKA), memberDocument(AFRIKA)));
  }
});

test("a whole edit that also creates a stranger's document fails whole", async () => {
  const db = asMember();
  const batch = writeBatch(db);
  batch.set(doc(db, "sync_queue", "entry-1"), queueEntry(EMAIL));
  batch.update(doc(db, "members", AFRIKA), memberUpdate(EMAIL, "entry-1"));
  batch.set(doc(db, "members", "0101309999"), memberDocument("0101309999"));
  await assertFails(batch.commit());
  const { profile } = (await getDoc(doc(db, "members", AFRIKA))).data();
  assert.equal(profile.email, "old@example.is");
});
