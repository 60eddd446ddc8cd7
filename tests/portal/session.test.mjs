import assert from "node:assert/strict";
import { test } from "node:test";
import { followSession } from "../../portal/public/js/current_session.js";
import { dependsOnRights } from "../../portal/public/js/routes.js";
import { ENDING, IDLE, LONGEST, phaseOf, WARNED } from "../../portal/public/js/session_limits.js";
import { narrowed, standingOf } from "../../portal/public/js/standing.js";
import { createSessionMarks } from "../../portal/public/js/stores/session_marks.js";

const NOW = 1e12;
const MINUTE = 60_000;

for (const [unused, sinceLogin, phase] of [
  [0, 0, "open"],
  [IDLE - WARNED - 1, MINUTE, "open"],
  [IDLE - WARNED, IDLE, "warned"],
  [IDLE, IDLE, "idle"],
  [0, LONGEST - ENDING - 1, "open"],
  [0, LONGEST - ENDING, "ending"],
  [0, LONGEST - 1, "ending"],
  [IDLE - WARNED, LONGEST - 1, "warned"],
  [0, LONGEST, "over"],
  [-MINUTE, -MINUTE, "open"],
]) {
  test(`unused for ${unused} ms, ${sinceLogin} ms after the log-in, a session is ${phase}`, () =>
    assert.equal(phaseOf({ usedAt: NOW - unused, beganAt: NOW - sinceLogin }, NOW), phase));
}

/** What the tabs of a browser share: storage, and a cookie jar that forgets when it is closed. */
function browser() {
  const kept = new Map();
  let jar = {};
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const page = {
    get cookie() {
      return ["other=x", ...Object.entries(jar).map((pair) => pair.join("="))].join("; ");
    },
    set cookie(text) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(text);
      assert.ok(!/expires/i.test(text), "a session cookie has no end");
      if (/max-age=0/i.test(text)) delete jar[name];
      else jar[name] = value;
    },
  };
  let now = NOW;
  return {
    tab: () => createSessionMarks(storage, page, () => now),
    pass: (milliseconds) => (now += milliseconds),
    close: () => (jar = {}),
  };
}

test("tabs share a session, its use and its end, and it does not outlive the browser", () => {
  const { tab, pass, close } = browser();
  const [one, other] = [tab(), tab()];
  assert.ok(!one.isThere());
  one.begin();
  assert.ok(other.isThere());
  pass(MINUTE);
  other.use();
  assert.deepEqual(one.times(), { beganAt: NOW, usedAt: NOW + MINUTE });
  close();
  assert.ok(!one.isThere() && !other.isThere());
  one.begin();
  other.end();
  assert.ok(!one.isThere());
});

const member = (status, roles) => ({ membership: { status }, roles });
const session = (...roles) => ({
  kennitala: "0101302989",
  roles,
  isMember: roles.includes("member"),
  loggedInAt: 0,
});

test("a page grants what both the token and the register do", () => {
  const rights = (claims, document) => {
    const { roles, isMember } = narrowed(claims, document);
    return [roles, isMember];
  };
  const claims = session("member", "admin");
  assert.deepEqual(rights(claims, member("active", ["admin", "superuser"])), [["member", "admin"], true]);
  assert.deepEqual(rights(claims, member("active", [])), [["member"], true]);
  for (const document of [member("suspended", ["admin"]), member("left", ["admin"]), {}, null])
    assert.deepEqual(rights(claims, document), [[], false]);
});

for (const [document, standing] of [
  [member("active"), "active"],
  [member("suspended"), "suspended"],
  [member("left"), "left"],
  [member("king"), "unknown"],
  [{}, "unknown"],
  [null, "unknown"],
]) {
  test(`${JSON.stringify(document)} stands as ${standing}`, () =>
    assert.equal(standingOf(document), standing));
}

/** A followed session; the test says what the token and the document hold. */
function following({ renew = () => Promise.resolve() } = {}) {
  const seen = [];
  const heard = { documents: 0, asked: 0 };
  const stores = {
    session: {
      watch: (listener) => (heard.token = listener),
      verifyMembership: () => {
        heard.asked += 1;
        return renew();
      },
    },
    member: {
      watch: (_kennitala, listener, fail) => {
        heard.documents += 1;
        heard.document = listener;
        heard.fail = fail;
        return () => (heard.documents -= 1);
      },
    },
  };
  followSession(stores, (current) => seen.push(current && current.roles));
  return { heard, seen };
}

test("a right that the register takes is gone at once, and one that it gives is asked for", () => {
  const { heard, seen } = following();
  heard.token(session("member", "admin"));
  heard.document(member("active", []));
  assert.deepEqual([seen.at(-1), heard.asked], [["member"], 0]);
  heard.document(member("active", ["admin", "superuser"]));
  assert.deepEqual([seen.at(-1), heard.asked], [["member", "admin"], 1]);
  heard.token(session("member", "admin", "superuser"));
  assert.deepEqual(seen.at(-1), ["member", "admin", "superuser"]);
});

test("a role that nobody confirms is asked for once, and again after a failure", async () => {
  const { heard } = following();
  heard.token(session("member"));
  for (const email of ["a", "b"]) heard.document({ ...member("active", ["admin"]), email });
  assert.equal(heard.asked, 1);
  const failing = following({ renew: () => Promise.reject(new Error("offline")) });
  failing.heard.token(session("member"));
  failing.heard.document(member("active", ["admin"]));
  await new Promise((resolve) => setImmediate(resolve));
  failing.heard.document(member("active", ["admin"]));
  assert.equal(failing.heard.asked, 2);
});

test("nobody's document is listened to after the log-out, and of two persons only the present one's", () => {
  const { heard, seen } = following();
  heard.token(session("member"));
  heard.token({ ...session("member"), kennitala: "0101303019" });
  assert.equal(heard.documents, 1);
  heard.token(null);
  assert.deepEqual([heard.documents, seen.at(-1)], [0, null]);
});

test("a document that can no longer be listened to is listened to again, and not after the log-out", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { heard, seen } = following();
  heard.token(session("member", "admin"));
  heard.document(member("active", ["admin"]));
  for (const wait of [5_000, 10_000]) {
    heard.fail(new Error("unavailable"));
    const before = heard.documents;
    t.mock.timers.tick(wait - 1);
    assert.equal(heard.documents, before);
    t.mock.timers.tick(1);
    assert.equal(heard.documents, before + 1);
  }
  heard.document(member("active", []));
  assert.deepEqual(seen.at(-1), ["member"]);
  const before = heard.documents;
  heard.fail(new Error("unavailable"));
  heard.token(null);
  t.mock.timers.tick(1_000_000);
  assert.equal(heard.documents, before - 1);
});

test("a form in which a member types is the same for all rights", () => {
  assert.deepEqual(["/profile", "/events", "/admin", "/"].map(dependsOnRights), [false, true, true, true]);
});
