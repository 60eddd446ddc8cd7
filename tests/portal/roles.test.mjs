import assert from "node:assert/strict";
import { test } from "node:test";
import english from "../../portal/public/js/i18n/en.js";
import icelandic from "../../portal/public/js/i18n/is.js";
import { RECENT, shouldLogInAgain, wantsLogIn } from "../../portal/public/js/recent.js";
import { knownRoles, offersFor, refusalOf } from "../../portal/public/js/roles.js";

const OWN = "0101302989";
const person = (overrides = {}) => ({
  kennitala: "0101303019",
  membership: { status: "active" },
  roles: ["admin"],
  ...overrides,
});
const changeable = (member) =>
  offersFor(member, OWN)
    .filter(({ mayChange }) => mayChange)
    .map(({ role, isHeld }) => `${isHeld ? "take" : "give"} ${role}`);

test("a superuser gives and takes the roles of an active member", () =>
  assert.deepEqual(changeable(person()), ["take admin", "give superuser"]));
for (const status of ["left", "suspended", undefined]) {
  test(`who is ${status ?? "of unknown standing"} can only lose roles`, () =>
    assert.deepEqual(changeable(person({ membership: { status } })), ["take admin"]));
}
test("nobody changes their own roles", () =>
  assert.deepEqual(changeable(person({ kennitala: OWN, roles: ["superuser"] })), []));
for (const roles of [undefined, null, "admin", { admin: true }, ["member", "king"]]) {
  test(`roles that read ${JSON.stringify(roles)} are none`, () => {
    assert.deepEqual(knownRoles(roles), []);
    assert.deepEqual(changeable(person({ roles })), ["give admin", "give superuser"]);
  });
}
for (const code of [
  "PERMISSION_DENIED",
  "FAILED_PRECONDITION",
  "NOT_FOUND",
  "UNREACHABLE",
  "INTERNAL",
  undefined,
]) {
  test(`a refusal with ${code} is told in both languages`, () => {
    const phrase = refusalOf({ code });
    assert.ok(english[phrase]);
    assert.ok(icelandic[phrase]);
  });
}
const MINUTE = 60_000;
for (const [minutes, offered] of [
  [0, false],
  [4, false],
  [6, true],
  [-6, true],
  [NaN, true],
]) {
  test(`a log-in ${minutes} minutes ago ${offered ? "is" : "is not"} offered again`, () =>
    assert.equal(shouldLogInAgain({ loggedInAt: 1e12 - minutes * MINUTE }, 1e12), offered));
}
test("a log-in is offered again before the functions refuse", () =>
  assert.ok(shouldLogInAgain({ loggedInAt: 0 }, RECENT - MINUTE)));
test("a refusal for want of a recent log-in is told from the others", () =>
  assert.deepEqual(
    ["UNAUTHENTICATED", "PERMISSION_DENIED", undefined].map((code) => wantsLogIn({ code })),
    [true, false, false],
  ));
test("each reason for a refusal has words of its own", () => {
  const phrases = ["PERMISSION_DENIED", "FAILED_PRECONDITION", "NOT_FOUND", "INTERNAL"].map((code) =>
    refusalOf({ code }),
  );
  assert.equal(new Set(phrases).size, 4);
});
