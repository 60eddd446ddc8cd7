import assert from "node:assert/strict";
import { before, test } from "node:test";
import { watchPresses, whenReleased } from "../../portal/public/js/views/press.js";

const page = new EventTarget();
before(() => {
  globalThis.window = page;
  watchPresses();
});

const happens = (name, buttons) => page.dispatchEvent(Object.assign(new Event(name), { buttons }));
const passed = () => new Promise((resolve) => setTimeout(resolve));

test("what nobody presses for is done at once", () => {
  const done = [];
  whenReleased(() => done.push("check"));
  assert.deepEqual(done, ["check"]);
});

for (const [release, buttons] of [
  ["pointerup", 0],
  ["pointercancel", 0],
  ["pointermove", 0],
  ["keydown", undefined],
]) {
  test(`what may move the page waits for the click that follows ${release}, and is done once`, async () => {
    const done = [];
    happens("pointerdown", 1);
    whenReleased(() => done.push("check"));
    whenReleased(() => done.push("summary"));
    happens("pointermove", 1);
    await passed();
    assert.deepEqual(done, []);
    happens(release, buttons);
    done.push("click");
    await passed();
    assert.deepEqual(done, ["click", "check", "summary"]);
    happens("pointerup", 0);
    await passed();
    assert.equal(done.length, 3);
    whenReleased(() => done.push("next"));
    assert.equal(done.at(-1), "next");
  });
}
