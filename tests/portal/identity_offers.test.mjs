import assert from "node:assert/strict";
import { test } from "node:test";
import { offersOf } from "../../portal/public/js/identity_offers.js";
import { createIdentityStore } from "../../portal/public/js/stores/identity_store.js";

const MEMBER = { name: "Jón Jónsson", profile: { email: "jon@example.is", phone: "5551234" } };
const SAME = { name: "Jón Jónsson", email: "jon@example.is", phone: "+3545551234" };
const paths = (identity, member = MEMBER) =>
  offersOf(member, { ...SAME, ...identity }).map(({ path }) => path);

test("where both say the same, however it is spelt, nothing is offered", () => {
  assert.deepEqual(paths({}), []);
  assert.deepEqual(
    paths({ name: " Jo\u0301n Jo\u0301nsson ", email: "Jon@Example.is", phone: "555 1234" }),
    [],
  );
});

test("what differs is offered as it would be stored", () => {
  const identity = { name: "Jón J. Jónsson", email: "nytt@example.is", phone: "00354 555 9999" };
  assert.deepEqual(offersOf(MEMBER, identity), [
    { path: "name", held: "Jón Jónsson", offered: "Jón J. Jónsson" },
    { path: "profile.email", held: "jon@example.is", offered: "nytt@example.is" },
    { path: "profile.phone", held: "5551234", offered: "5559999" },
  ]);
});

test("what the register does not know is offered", () => {
  assert.deepEqual(paths({}, { name: "Jón Jónsson", profile: { email: null } }), [
    "profile.email",
    "profile.phone",
  ]);
});

test("what the electronic ID does not say, or the register could not hold, is not offered", () => {
  assert.deepEqual(paths({ name: null, email: null, phone: null }), []);
  assert.deepEqual(paths({ name: "  ", email: "no address", phone: "12" }), []);
});

/** A sessionStorage of this test's own. */
function storage() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

test("what the electronic ID said stays with its person, through a reload, until the log-out", () => {
  const tab = storage();
  createIdentityStore(tab).keep("0101701234", SAME);
  const reloaded = createIdentityStore(tab);
  assert.deepEqual(reloaded.read("0101701234"), SAME);
  assert.equal(reloaded.read("0101302989"), null);
  reloaded.forget();
  assert.equal(reloaded.read("0101701234"), null);
  assert.equal(createIdentityStore(tab).read("0101701234"), null);
});

test("an offer that was declined is not made again until the next log-in", () => {
  const tab = storage();
  const store = createIdentityStore(tab);
  store.keep("0101701234", SAME);
  store.decline({ path: "name" });
  assert.ok(createIdentityStore(tab).isDeclined({ path: "name" }));
  assert.ok(!store.isDeclined({ path: "profile.email" }));
  store.keep("0101701234", SAME);
  assert.ok(!store.isDeclined({ path: "name" }));
});
