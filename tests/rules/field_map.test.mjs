/** The rules and the field map agree about who may edit which field, and how long its value may be. */
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { asMember, assertFails, assertSucceeds, useRegister } from "./environment.mjs";
import { commitEdit } from "./edits.mjs";

useRegister();

const TABLE = new URL("../../functions/sync/field_map.json", import.meta.url);
const fields = JSON.parse(readFileSync(TABLE, "utf8"));
const EMAIL = { "profile.email": null };

/** A valid value of a field's type; a text has exactly the given length. */
const VALUES = {
  text: (length) => "x".repeat(length),
  email: (length) => `${"x".repeat(length - "@example.is".length)}@example.is`,
  phone: () => "5559999",
  boolean: () => false,
  choice: (_, choices) => choices.at(-1),
  numbered_choice: (_, choices) => choices.at(-1),
  kennitala: () => "0101302989",
  date: () => "1972-02-29",
  timestamp: () => "2019-01-06T16:43:47Z",
  integer: () => 2,
};

/** Values that no field of a type takes. */
const WRONG = {
  text: ["", " a", "a\u0000b", "a\u200bb", 5],
  email: ["", "a@b", 5],
  phone: ["", "555-1234", "+3545551234", 5551234],
  boolean: ["true", null],
  choice: ["no such choice", 1, null],
  numbered_choice: ["no such choice", 1, null],
  date: ["", "1970-1-1", "1970-02-30", "31.12.1970", 5],
};

const maps = new Set(fields.filter(({ editor }) => editor === "member").map(({ path }) => parentOf(path)));
for (const map of maps) {
  test(`${map} holds nothing that the field map does not know`, () =>
    assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, [`${map}.noSuchField`]: "x" } })));
}

for (const { path, type, editor, required, choices, max_length: longest } of fields) {
  const change = (length) => ({ [path]: VALUES[type](length, choices) });
  const expectation = editor === "member" ? assertSucceeds : assertFails;
  test(`${path} is the member's to edit exactly where the field map says so`, () =>
    expectation(commitEdit(asMember(), change(longest))));
  if (editor !== "member") continue;

  test(`${path} becomes what its entry declares`, () =>
    assertFails(commitEdit(asMember(), EMAIL, { written: { ...EMAIL, ...change(longest) } })));
  for (const value of [...WRONG[type], ...(required ? [null] : [])]) {
    test(`${path} may not become ${JSON.stringify(value)}`, () =>
      assertFails(commitEdit(asMember(), { [path]: value })));
  }
  if (!required) {
    test(`${path} may be emptied`, () => assertSucceeds(commitEdit(asMember(), { [path]: null })));
  }
  if (["text", "email"].includes(type)) {
    test(`${path} is no longer than its column`, () =>
      assertFails(commitEdit(asMember(), change(longest + 1))));
  }
}

/** The map that holds a path. */
function parentOf(path) {
  return path.split(".").slice(0, -1).join(".");
}
