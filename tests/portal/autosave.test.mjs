import assert from "node:assert/strict";
import { test } from "node:test";
import { createAutosave } from "../../portal/public/js/autosave.js";

/** An autosave; the test decides for each save whether it succeeds or fails. */
function setUp() {
  const sent = [];
  const states = [];
  const outcomes = [];
  const save = (changes) => {
    sent.push({ ...changes });
    return new Promise((resolve, reject) => outcomes.push({ resolve, reject }));
  };
  const autosave = createAutosave({ save, onState: (state) => states.push(state), pause: 1 });
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

test("a change taken back before it was sent is never sent", async () => {
  const { autosave, sent, states } = setUp();
  autosave.change("profile.email", "a@b.is");
  autosave.forget("profile.email");
  await autosave.flush();
  assert.deepEqual(sent, []);
  assert.equal(states.at(-1), "idle");
});
