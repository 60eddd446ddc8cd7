/**
 * What the tabs of one browser share about their session: that it belongs to this run of the browser, by a cookie
 * that the browser drops when it is closed; and when it began and was last used. None of it gives anybody a right.
 */

const COOKIE = "portal-session";
const STORAGE_KEY = "session-times";

/** Milliseconds between two notes for the other tabs that the session is used. */
const STEP = 5_000;

/**
 * @typedef {import("../session_limits.js").Times} Times
 *
 * @typedef {object} SessionMarks
 * @property {() => void} begin at the log-in
 * @property {() => boolean} isThere whether this run of the browser has a session
 * @property {() => Times} times of the present session, or of the last one
 * @property {() => void} use somebody is here
 * @property {() => void} end of the session, in every tab
 */

/**
 * @param {Storage} [storage]
 * @param {{ cookie: string }} [page]
 * @param {() => number} [now]
 * @returns {SessionMarks}
 */
export function createSessionMarks(storage = localStorage, page = document, now = Date.now) {
  /** @returns {Times} */
  const times = () => JSON.parse(storage.getItem(STORAGE_KEY) ?? '{"beganAt":0,"usedAt":0}');
  /** @param {Times} noted */
  const note = (noted) => storage.setItem(STORAGE_KEY, JSON.stringify(noted));
  return {
    begin() {
      page.cookie = cookie("1");
      note({ beganAt: now(), usedAt: now() });
    },
    isThere: () => page.cookie.split("; ").includes(`${COOKIE}=1`),
    times,
    use() {
      const { beganAt, usedAt } = times();
      if (Math.abs(now() - usedAt) >= STEP) note({ beganAt, usedAt: now() });
    },
    end() {
      page.cookie = cookie("; Max-Age=0");
    },
  };
}

/** @param {string} rest the value, and how long it lives: without a time, until the browser is closed */
function cookie(rest) {
  const secure = globalThis.location?.protocol === "https:" ? "; Secure" : "";
  return `${COOKIE}=${rest}; Path=/; SameSite=Strict${secure}`;
}
