import assert from "node:assert/strict";
import { test } from "node:test";
import { shownState } from "../../portal/public/js/save_state.js";

const WELL = { isOnline: true, isMarked: false, isUnfinished: false };

const SHOWN = [
  ["saved", {}, "saved"],
  ["idle", {}, "idle"],
  ["saved", { isMarked: true, isUnfinished: true }, "invalid"],
  ["idle", { isMarked: true, isUnfinished: true }, "invalid"],
  ["saved", { isUnfinished: true }, "waiting"],
  ["saving", {}, "saving"],
  ["saving", { isMarked: true, isUnfinished: true }, "saving"],
  ["failed", {}, "failed"],
  ...["waiting", "saving", "unanswered", "failed"].map((state) => [state, { isOnline: false }, "offline"]),
  ["overtaken", { isOnline: false }, "overtaken"],
  ["saved", { isOnline: false }, "saved"],
];

for (const [state, form, shown] of SHOWN) {
  test(`${state} with ${JSON.stringify(form)} is shown as ${shown}`, () => {
    assert.equal(shownState(state, { ...WELL, ...form }), shown);
  });
}
