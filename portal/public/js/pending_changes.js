/** The changes of a form that are not known to be saved: waiting, on their way, or held because of a newer value. */

/**
 * @typedef {import("./autosave.js").Changes} Changes
 * @typedef {ReturnType<typeof createPendingChanges>} PendingChanges
 */

/** @param {Changes} changes */
const isAny = (changes) => Object.keys(changes).length > 0;

/** Nothing has been typed yet. */
export function createPendingChanges() {
  /** @type {Changes} */
  let waiting = {};
  /** @type {Changes} */
  let sending = {};
  /** @type {Changes} */
  let held = {};
  return {
    isWaiting: () => isAny(waiting),
    isHolding: () => isAny(held),
    /** @param {string} path */
    has: (path) => path in waiting || path in sending || path in held,
    /** @param {string} path */
    isHeld: (path) => path in held,
    /** @param {string} path @param {import("./contact_fields.js").FieldValue} value */
    put(path, value) {
      (path in held ? held : waiting)[path] = value;
    },
    /** Forget what was not sent. @param {string} path */
    drop(path) {
      delete waiting[path];
      delete held[path];
    },
    /** All that waits, to be sent now. */
    send() {
      [sending, waiting] = [waiting, {}];
      return sending;
    },
    sent() {
      sending = {};
    },
    /** What was sent waits again; changes that were typed meanwhile are newer. */
    returned() {
      [waiting, sending] = [{ ...sending, ...waiting }, {}];
    },
    /** @param {string[]} paths */
    hold(paths) {
      for (const path of paths) {
        held[path] = waiting[path];
        delete waiting[path];
      }
    },
    /** What was held waits again. */
    release() {
      [waiting, held] = [{ ...held, ...waiting }, {}];
    },
  };
}
