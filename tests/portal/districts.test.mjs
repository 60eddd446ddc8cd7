import assert from "node:assert/strict";
import { test } from "node:test";
import { DISTRICTS, districtOf, rangesOf } from "../../portal/public/js/districts.js";

for (const [postalCode, district] of [
  ["101", "reykjavik"],
  ["116", "reykjavik"],
  ["162", "reykjavik"],
  ["170", "southwest"],
  ["225", "southwest"],
  ["276", "southwest"],
  ["190", "south"],
  ["230", "south"],
  ["262", "south"],
  ["781", "south"],
  ["801", "south"],
  ["900", "south"],
  ["300", "northwest"],
  ["471", "northwest"],
  ["570", "northwest"],
  ["580", "northeast"],
  ["600", "northeast"],
  ["765", "northeast"],
  ["1010", null],
  ["10115", null],
  ["SW1A 1AA", null],
  ["999", null],
  ["", null],
  [null, null],
  [undefined, null],
  [101, null],
]) {
  test(`${postalCode} lies in ${district ?? "no district"}`, () =>
    assert.equal(districtOf(postalCode), district));
}

test("no code lies in two districts, and a range begins before it ends", () => {
  const ranges = DISTRICTS.flatMap(rangesOf).sort(([one], [other]) => one.localeCompare(other));
  for (const [from, to] of ranges) assert.ok(from < to, from);
  for (const [index, [from]] of ranges.slice(1).entries()) assert.ok(ranges[index][1] < from, from);
});
