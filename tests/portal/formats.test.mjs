import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDay } from "../../portal/public/js/formats/day.js";
import { parseEmail } from "../../portal/public/js/formats/email.js";
import { formatKennitala, maskKennitala, parseKennitala } from "../../portal/public/js/formats/kennitala.js";
import { formatDate, formatMinute, formatTime } from "../../portal/public/js/formats/moments.js";
import { formatPhone, parsePhone } from "../../portal/public/js/formats/phone.js";
import { parsePostalCode } from "../../portal/public/js/formats/postal_code.js";

/** [what a person typed, what is stored; null: refused] */
const KENNITALAS = [
  ["0101701234", "0101701234"],
  ["010170-1234", "0101701234"],
  [" 010170 1234 ", "0101701234"],
  ["010170\u00a01234", "0101701234"],
  ["\uff10\uff11\uff10\uff11\uff17\uff10\uff11\uff12\uff13\uff14", "0101701234"],
  ["9999010001", "9999010001"],
  ["410170-1230", "4101701230"],
  ["010170123", null],
  ["01017012345", null],
  ["010170123x", null],
  ["", null],
];
const PHONES = [
  ["5551234", "5551234"],
  ["555-1234", "5551234"],
  ["555 1234", "5551234"],
  ["+354 555 1234", "5551234"],
  ["00354-555-1234", "5551234"],
  ["3545551234", "5551234"],
  ["3545551", "3545551"],
  ["+45 12 34 56 78", "+4512345678"],
  ["0045 12345678", "+4512345678"],
  ["+12345", "+12345"],
  ["+1234", null],
  ["+35455512345", null],
  ["+0123456", null],
  ["55512", null],
  ["síminn minn", null],
];
const EMAILS = [
  [" jon@example.is ", "jon@example.is"],
  ["a.b+c@sub.example.co.uk", "a.b+c@sub.example.co.uk"],
  ["a..b@example.is", null],
  ["jon@example", null],
  ["jón@example.is", null],
  ["jon example.is", null],
  [`${"a".repeat(244)}@example.is`, null],
];
const POSTAL_CODES = [
  ["101", "101"],
  [" 220 ", "220"],
  ["sw1a  1aa", "SW1A 1AA"],
  ["10", null],
  ["12345678901234567", null],
  ["1\u00000", null],
];
const DAYS = [
  ["1930-01-31", "1930-01-31"],
  ["2024-02-29", "2024-02-29"],
  ["2026-02-29", null],
  ["2026-13-01", null],
  ["1.2.2026", null],
];

for (const [name, parse, cases] of [
  ["kennitala", parseKennitala, KENNITALAS],
  ["phone", parsePhone, PHONES],
  ["e-mail", parseEmail, EMAILS],
  ["day", parseDay, DAYS],
  ["postal code", parsePostalCode, POSTAL_CODES],
]) {
  for (const [typed, stored] of cases) {
    test(`${name} ${JSON.stringify(typed).slice(0, 40)} is ${stored ?? "refused"}`, () =>
      assert.equal(parse(typed), stored));
  }
}

test("a kennitala is shown with a hyphen, and masked where others look", () => {
  assert.equal(formatKennitala("0101701234"), "010170-1234");
  assert.equal(maskKennitala("0101701234"), "010170-****");
});

test("a phone number is shown as people write it", () => {
  assert.equal(formatPhone("5551234"), "555-1234");
  assert.equal(formatPhone("+4512345678"), "+4512345678");
});

test("dates and times are written in the reader's language", () => {
  assert.equal(formatDate("1930-01-31", "is"), "31. janúar 1930");
  assert.equal(formatDate("2019-01-06T23:43:47Z", "en"), "6 January 2019");
  assert.equal(formatTime(new Date(2026, 10, 3, 9, 5, 7), "is"), "3. nóvember 2026 09:05:07");
  assert.equal(formatMinute(new Date(2026, 10, 3, 9, 5, 7), "en"), "3 November 2026 09:05");
  for (const unknown of [null, undefined, "", "yesterday"]) assert.equal(formatDate(unknown, "is"), "–");
});
