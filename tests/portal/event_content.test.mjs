import assert from "node:assert/strict";
import { test } from "node:test";
import { localInput, readEvent, safeLink } from "../../portal/public/js/event_content.js";
import icelandic from "../../portal/public/js/i18n/is.js";

const TYPED = {
  title: " Aðalfundur ",
  place: "Bolholt 6",
  link: "https://example.is/fundur?a=1",
  description: "Dagskrá:\r\n1. Kosning\n",
  startsAt: "2026-12-01T18:00",
  endsAt: "2026-12-01T20:30",
};

test("what staff typed is read as it is stored", () => {
  assert.deepEqual(readEvent(TYPED), {
    content: {
      title: "Aðalfundur",
      place: "Bolholt 6",
      link: "https://example.is/fundur?a=1",
      description: "Dagskrá:\n1. Kosning",
      startsAt: new Date(2026, 11, 1, 18, 0),
      endsAt: new Date(2026, 11, 1, 20, 30),
    },
  });
});

test("what may be left out is not known", () => {
  const { content } = readEvent({ ...TYPED, place: "", link: " ", description: "" });
  assert.deepEqual([content.place, content.link, content.description], [null, null, null]);
});

for (const [field, value, problem] of [
  ["title", " ", "required"],
  ["title", "x".repeat(201), "text"],
  ["title", "a\u0000b", "text"],
  ["place", "a\nb", "text"],
  ["description", "a\u0007", "text"],
  ["description", "x".repeat(4001), "text"],
  ["link", "http://example.is", "link"],
  ["link", "javascript:alert(1)", "link"],
  ["link", 'https://example.is/"onload', "link"],
  ["startsAt", "", "time"],
  ["endsAt", "", "time"],
  ["endsAt", "2026-12-01T18:00", "order"],
]) {
  test(`${field} ${JSON.stringify(value).slice(0, 30)} is refused`, () => {
    const { problems } = readEvent({ ...TYPED, [field]: value });
    assert.equal(problems[field], problem);
    assert.ok(`event.problem.${problem}` in icelandic);
  });
}

test("only an https address becomes a link", () => {
  assert.equal(safeLink("https://example.is"), "https://example.is");
  for (const link of [null, undefined, 5, "javascript:alert(1)", " https://example.is", "https://"]) {
    assert.equal(safeLink(link), null, String(link));
  }
});

test("a time goes into the form as it came out of it", () => {
  assert.equal(localInput(new Date(TYPED.startsAt)), TYPED.startsAt);
  assert.equal(localInput(new Date(2027, 0, 5, 7, 3)), "2027-01-05T07:03");
});
