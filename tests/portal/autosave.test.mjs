import assert from "node:assert/strict";
import { test } from "node:test";
import { createAutosave } from "../../portal/public/js/autosave.js";
import { GAP, nextPlace } from "../../portal/public/js/edit_rate.js";
import { OvertakenError } from "../../portal/public/js/seen_values.js";

/** An autosave; the test decides for each save whether it succeeds or fails. */
function setUp({ gap = 0, retry = { first: 1_000_000, most: 0 }, patience = 1_000_000 } = {}) {
  const sent = [];
  const states = [];
  const outcomes = [];
  const save = (changes) => {
    sent.push({ ...changes });
    return new Promise((resolve, reject) => outcomes.push({ resolve, reject }));
  };
  const autosave = createAutosave({
    save,
    onState: (state) => states.push(state),
    pause: 1,
    gap,
    retry,
    patience,
  });
  return { autosave, sent, states, outcomes };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("changes made together are sent as one", async () => {
  const { autosave, sent, states, outcomes } = setUp();
  autosave.change("profile.email", "a@b.is");
  autosave.change("profile.phone", "5551234");
  const done = autosave.flush();
  outcomes[0].resolve();
  await done;
  assert.deepEqual(sent, [{ "profile.email": "a@b.is", "profile.phone": "5551234" }]);
  assert.deepEqual(states, ["waiting", "waiting", "saving", "saved"]);
});

test("the pause alone sends a change", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { autosave, sent } = setUp();
  autosave.change("profile.email", "a@b.is");
  assert.equal(sent.length, 0);
  t.mock.timers.tick(1);
  assert.equal(sent.length, 1);
});

test("what is typed while a save is under way goes with the next, one at a time", async () => {
  const { autosave, sent, outcomes } = setUp();
  autosave.change("profile.email", "a@b.is");
  const done = autosave.flush();
  autosave.change("profile.email", "ab@b.is");
  assert.equal(sent.length, 1);
  assert.ok(autosave.isPending("profile.email"));
  outcomes[0].resolve();
  await settle();
  outcomes[1].resolve();
  await done;
  assert.deepEqual(sent[1], { "profile.email": "ab@b.is" });
  assert.ok(!autosave.isPending("profile.email"));
});

test("a save that failed keeps its changes, and newer ones win over it", async () => {
  const { autosave, sent, states, outcomes } = setUp();
  autosave.change("profile.email", "a@b.is");
  autosave.change("profile.phone", "5551234");
  const failed = autosave.flush();
  autosave.change("profile.email", "new@b.is");
  outcomes[0].reject(new Error("offline"));
  await failed;
  assert.equal(states.at(-1), "failed");
  const again = autosave.flush();
  outcomes[1].resolve();
  await again;
  assert.deepEqual(sent[1], { "profile.email": "new@b.is", "profile.phone": "5551234" });
  assert.equal(states.at(-1), "saved");
});

test("a save that failed is tried again by itself, each time after twice as long, and nothing is lost", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { autosave, sent, states, outcomes } = setUp({ retry: { first: 100, most: 2 } });
  autosave.change("profile.email", "a@b.is");
  for (const [attempt, wait] of [1, 100, 200].entries()) {
    t.mock.timers.tick(wait - 1);
    assert.equal(sent.length, attempt);
    t.mock.timers.tick(1);
    assert.equal(sent.length, attempt + 1);
    outcomes[attempt].reject(Object.assign(new Error("too many edits"), { code: "permission-denied" }));
    await settle();
    assert.equal(states.at(-1), "failed");
    assert.ok(autosave.isPending("profile.email"));
  }
  t.mock.timers.tick(1_000_000);
  assert.equal(sent.length, 3);
  const again = autosave.flush();
  outcomes[3].resolve();
  await again;
  assert.deepEqual(sent[3], { "profile.email": "a@b.is" });
});

test("somebody who types without a pause is saved no more often than the rules take", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  const { autosave, sent, outcomes } = setUp({ gap: GAP });
  for (let second = 0; second < 60; second += 1) {
    autosave.change("profile.email", `${second}@b.is`);
    t.mock.timers.tick(1000);
    outcomes.splice(0).forEach(({ resolve }) => resolve());
    await settle();
  }
  t.mock.timers.tick(GAP);
  assert.ok(sent.length <= 25, `${sent.length} saves`);
  assert.deepEqual(sent.at(-1), { "profile.email": "59@b.is" });
});

test("a change taken back before it was sent is never sent", async () => {
  const { autosave, sent, states } = setUp();
  autosave.change("profile.email", "a@b.is");
  autosave.forget("profile.email");
  await autosave.flush();
  assert.deepEqual(sent, []);
  assert.equal(states.at(-1), "idle");
});

test("edits take the places in turn", () => {
  assert.equal(nextPlace({}), 0);
  assert.equal(nextPlace({ editPlace: 0 }), 1);
  assert.equal(nextPlace({ editPlace: 24 }), 0);
});

test("what somebody else overtook is held and never sent by itself, and the other changes go", async () => {
  const { autosave, sent, states, outcomes } = setUp({ retry: { first: 1, most: 7 } });
  autosave.change("profile.email", "mine@b.is");
  autosave.change("profile.phone", "5551234");
  const done = autosave.flush();
  outcomes[0].reject(new OvertakenError({ "profile.email": "theirs@b.is" }));
  await settle();
  outcomes[1].resolve();
  await done;
  assert.deepEqual(sent[1], { "profile.phone": "5551234" });
  assert.equal(states.at(-1), "overtaken");
  autosave.change("profile.email", "mine.too@b.is");
  await autosave.flush();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sent.length, 2);
  assert.ok(autosave.isPending("profile.email"));
  const insisted = autosave.insist();
  outcomes[2].resolve();
  await insisted;
  assert.deepEqual(sent[2], { "profile.email": "mine.too@b.is" });
  assert.equal(states.at(-1), "saved");
});

test("what is held can be taken back", async () => {
  const { autosave, sent, states, outcomes } = setUp();
  autosave.change("profile.email", "mine@b.is");
  const done = autosave.flush();
  outcomes[0].reject(new OvertakenError({ "profile.email": null }));
  await done;
  autosave.forget("profile.email");
  await autosave.insist();
  assert.deepEqual([sent.length, states.at(-1)], [1, "idle"]);
});

test("a save without an answer is shown as not done, and goes on", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { autosave, states, outcomes } = setUp({ patience: 100 });
  autosave.change("profile.email", "a@b.is");
  const done = autosave.flush();
  t.mock.timers.tick(99);
  assert.equal(states.at(-1), "saving");
  t.mock.timers.tick(1);
  assert.equal(states.at(-1), "unanswered");
  outcomes[0].resolve();
  await done;
  t.mock.timers.tick(1000);
  assert.equal(states.at(-1), "saved");
});

test("a connection that is back is tried at once, also after the last try", async () => {
  const { autosave, sent, states, outcomes } = setUp({ retry: { first: 1, most: 0 } });
  autosave.change("profile.email", "a@b.is");
  const failed = autosave.flush();
  outcomes[0].reject(new Error("offline"));
  await failed;
  assert.equal(states.at(-1), "failed");
  const again = autosave.retry();
  outcomes[1].resolve();
  await again;
  assert.deepEqual([sent.length, states.at(-1)], [2, "saved"]);
});
