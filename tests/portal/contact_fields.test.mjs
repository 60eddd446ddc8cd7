import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  CONTACT_FIELDS,
  OFFICE_FIELDS,
  readInput,
  showValue,
  valueAt,
} from "../../portal/public/js/contact_fields.js";
import english from "../../portal/public/js/i18n/en.js";
import icelandic from "../../portal/public/js/i18n/is.js";

const TABLE = new URL("../../functions/sync/field_map.json", import.meta.url);
const fieldMap = JSON.parse(readFileSync(TABLE, "utf8"));
const ALL_FIELDS = [...CONTACT_FIELDS, ...OFFICE_FIELDS];
const field = (path) => ALL_FIELDS.find((candidate) => candidate.path === path);

for (const [whose, fields, editorOf] of [
  ["the members' form", CONTACT_FIELDS, "member"],
  ["what only staff edit", OFFICE_FIELDS, "office"],
]) {
  test(`${whose} has the fields of the editor ${editorOf}, as long as the other side can hold`, () => {
    const editable = fieldMap.filter(({ editor }) => editor === editorOf);
    assert.deepEqual(fields.map(({ path }) => path).sort(), editable.map(({ path }) => path).sort());
    for (const { path, max_length: longest } of editable) assert.equal(field(path).longest, longest, path);
  });
}

for (const [path, typed, reading] of [
  ["profile.email", " a@b.is ", { value: "a@b.is" }],
  ["profile.email", "", { value: null }],
  ["profile.email", "a@b", { problem: "email" }],
  ["profile.phone", "+354 555 1234", { value: "5551234" }],
  ["profile.phone", "12", { problem: "phone" }],
  ["profile.address.street", "  Þórsgata 1 ", { value: "Þórsgata 1" }],
  ["profile.address.street", "x".repeat(201), { problem: "text" }],
  ["profile.address.city", "a\u0000b", { problem: "text" }],
  ["name", " Jón Jónsson", { value: "Jón Jónsson" }],
  ["name", " ", { problem: "required" }],
  ["profile.birthday", "1970-01-31", { value: "1970-01-31" }],
  ["profile.birthday", "1970-02-31", { problem: "date" }],
  ["profile.birthday", "", { value: null }],
  ["profile.gender", "other", { value: "other" }],
  ["profile.gender", "castle", { problem: "choice" }],
  ["profile.reachable", false, { value: false }],
  ["profile.reachable", "yes", { problem: "choice" }],
]) {
  test(`${path}: ${JSON.stringify(typed).slice(0, 30)} reads as ${JSON.stringify(reading)}`, () =>
    assert.deepEqual(readInput(field(path), typed), reading));
}

test("what is stored is shown, and what is not known is empty", () => {
  assert.equal(showValue(field("profile.phone"), "5551234"), "555-1234");
  assert.equal(showValue(field("profile.email"), null), "");
  assert.equal(showValue(field("profile.gender"), undefined), "unknown");
  assert.equal(showValue(field("profile.reachable"), undefined), false);
});

test("a path leads into the document, or nowhere", () => {
  assert.equal(valueAt({ profile: { address: { city: "Akureyri" } } }, "profile.address.city"), "Akureyri");
  assert.equal(valueAt({ profile: { address: null } }, "profile.address.city"), undefined);
  assert.equal(valueAt({}, "profile.email"), undefined);
});

test("both languages say the same things, and no phrase is empty", () => {
  assert.deepEqual(Object.keys(english), Object.keys(icelandic));
  const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [phrase, text] of Object.entries(icelandic)) {
    assert.ok(text.trim() && english[phrase].trim(), phrase);
    assert.deepEqual(placeholders(english[phrase]), placeholders(text), phrase);
  }
});

test("every field and choice has its words", () => {
  for (const { path, choices = [] } of ALL_FIELDS) {
    assert.ok(`field.${path}` in icelandic, path);
    for (const choice of choices)
      assert.ok(`${path.replace("profile.", "choice.")}.${choice}` in icelandic, choice);
  }
});
