/** The rules and the field map agree about who may edit which field, and how long its value may be. */
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { asMember, assertFails, assertSucceeds, useRegister } from "./environment.mjs";
import { commitEdit } from "./edits.mjs";

useRegister();

const TABLE = new URL("../../functions/sync/field_map.json", import.meta.url);
const fields = JSON.parse(readFileSync(TABLE, "utf8"));

/** A valid value of a field's type; a text has exactly the given length. */
const VALUES = {
  text: (length) => "x".repeat(length),
  email: (length) => `${"x".repeat(length - "@example.is".length)}@example.is`,
  phone: () => "5559999",
  boolean: () => false,
  gender: () => "other",
  housing_situation: () => "rental",
  kennitala: () => "0101302989",
  date: () => "1970-01-01",
  timestamp: () => "2019-01-06T16:43:47Z",
  status: () => "suspended",
  integer: () => 2,
};

for (const { path, type, policy, max_length: longest } of fields) {
  const change = (length) => ({ [path]: VALUES[type](length) });
  const expectation = policy === "member_wins" ? assertSucceeds : assertFails;
  test(`${path} (${policy}) is the member's to edit exactly where the member wins`, () =>
    expectation(commitEdit(asMember(), change(longest))));
  if (policy === "member_wins" && ["text", "email"].includes(type)) {
    test(`${path} is no longer than its column`, () =>
      assertFails(commitEdit(asMember(), change(longest + 1))));
  }
}
