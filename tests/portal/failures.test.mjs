import assert from "node:assert/strict";
import { test } from "node:test";
import { readInput } from "../../portal/public/js/contact_fields.js";
import { reasonOf, refusedPaths } from "../../portal/public/js/failures.js";
import { formatNumber } from "../../portal/public/js/formats/numbers.js";
import { translator } from "../../portal/public/js/i18n/language.js";
import { SYNCED_FIELDS } from "../../portal/public/js/synced_fields.js";

const t = translator("en");
const PROGRAMS = [
  "Failed to fetch",
  "profile.birthday: lies in the future",
  "the run failed: {'error': 1}",
  "INTERNAL",
];

for (const code of [
  "UNREACHABLE",
  "PERMISSION_DENIED",
  "permission-denied",
  "UNAVAILABLE",
  "INTERNAL",
  "HTTP_502",
  undefined,
]) {
  test(`a failure with ${code} is told without the words of a program`, () => {
    for (const message of PROGRAMS) {
      const told = reasonOf(t, { code, message });
      assert.match(told, /^[A-Z].*[.]$/);
      assert.ok(!told.includes(message) && !told.includes("undefined"), told);
    }
  });
}

test("a fault of ours has a reference, and a code may mean something else on a page", () => {
  assert.ok(reasonOf(t, { code: "INTERNAL", correlationId: "c-7" }).endsWith("Reference: c-7"));
  assert.equal(reasonOf(t, { code: "NOT_FOUND" }, { NOT_FOUND: "roles.unknown" }), t("roles.unknown"));
});

test("the fields of a refusal are found by their whole path", () => {
  const both = "profile.birthday: lies in the future; name: cannot be empty";
  assert.deepEqual(refusedPaths({ message: both }), ["name", "profile.birthday"]);
  assert.deepEqual(refusedPaths({ message: "changed since it was shown: profile.email, profile.phone" }), [
    "profile.email",
    "profile.phone",
  ]);
  assert.deepEqual(refusedPaths({ message: "your surname and profile.emails: wrong" }), []);
  assert.deepEqual(refusedPaths({}), []);
});

test("a day that is to come is told as that", () => {
  const birthday = SYNCED_FIELDS.find(({ path }) => path === "profile.birthday");
  assert.deepEqual(readInput(birthday, "2999-01-31"), { problem: "future" });
  assert.deepEqual(readInput(birthday, "2999-02-31"), { problem: "date" });
});

for (const [value, icelandic, english] of [
  [0, "0", "0"],
  [2174, "2.174", "2,174"],
  [1234567.5, "1.234.567,5", "1,234,567.5"],
  [12.34, "12,34", "12.34"],
]) {
  test(`${value} is ${icelandic} in Icelandic`, () =>
    assert.deepEqual([formatNumber(value, "is"), formatNumber(value, "en")], [icelandic, english]));
}
