/**
 * Saves a form's changes without a button: gathers them for a moment, sends one batch at a time, keeps a batch
 * that failed, and tries it again by itself. A change that somebody else overtook is held until the person insists.
 */
import { GAP } from "./edit_rate.js";
import { createPendingChanges } from "./pending_changes.js";
import { OvertakenError } from "./seen_values.js";

/** Milliseconds: longer than the pause between two keys, and short enough that nobody waits for it. */
const PAUSE = 600;

/** Milliseconds until a batch that failed is tried again. Each further wait is twice as long; there are so many. */
const RETRY = { first: 5_000, most: 7 };

/**
 * @typedef {"idle" | "waiting" | "saving" | "saved" | "failed" | "overtaken"} SaveState
 * @typedef {Record<string, import("./contact_fields.js").FieldValue>} Changes by dotted path
 *
 * @typedef {object} Autosave
 * @property {(path: string, value: import("./contact_fields.js").FieldValue) => void} change
 * @property {(path: string) => void} forget a change that the person took back before it was sent
 * @property {() => Promise<void>} flush send all waiting changes now; also tries a failed save again
 * @property {() => Promise<void>} insist the same, with what is held: the person has been shown the newer values
 * @property {(path: string) => boolean} isPending whether this field has a value that is not known to be saved
 */

/** @param {number} milliseconds */
const passed = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Send what waits. What somebody else overtook is held.
 * @param {(changes: Changes) => Promise<void>} save
 * @param {import("./pending_changes.js").PendingChanges} changes
 * @returns {Promise<boolean>} whether there was an answer
 */
async function sendOnce(save, changes) {
  try {
    await save(changes.send());
    changes.sent();
  } catch (error) {
    changes.returned();
    if (!(error instanceof OvertakenError)) return false;
    changes.hold(Object.keys(error.newer));
  }
  return true;
}

/**
 * @param {object} options
 * @param {(changes: Changes) => Promise<void>} options.save
 * @param {(state: SaveState) => void} options.onState
 * @param {number} [options.pause] milliseconds
 * @param {number} [options.gap] milliseconds between the starts of two saves, unless they are asked for
 * @param {{ first: number, most: number }} [options.retry]
 * @returns {Autosave}
 */
export function createAutosave({ save, onState, pause = PAUSE, gap = GAP, retry = RETRY }) {
  const changes = createPendingChanges();
  /** @type {Promise<void> | null} */
  let running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let lastStart = -Infinity;
  let failures = 0;

  /** @param {number} milliseconds */
  function sendIn(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(flush, milliseconds);
  }

  const toWait = () => Math.max(0, lastStart + gap - Date.now());

  async function sendAll() {
    while (changes.isWaiting()) {
      onState("saving");
      lastStart = Date.now();
      if (!(await sendOnce(save, changes))) return failed();
      failures = 0;
      if (changes.isWaiting() && toWait() > 0) await passed(toWait());
    }
    onState(changes.isHolding() ? "overtaken" : "saved");
  }

  function failed() {
    if (failures < retry.most) sendIn(retry.first * 2 ** failures);
    failures += 1;
    onState("failed");
  }

  function flush() {
    clearTimeout(timer);
    if (running === null && changes.isWaiting()) {
      running = sendAll().finally(() => {
        running = null;
      });
    }
    return running ?? Promise.resolve();
  }

  return {
    change(path, value) {
      changes.put(path, value);
      if (changes.isHeld(path)) return;
      if (running === null) onState("waiting");
      sendIn(Math.max(pause, toWait()));
    },
    forget(path) {
      changes.drop(path);
      if (running === null && !changes.isWaiting() && !changes.isHolding()) onState("idle");
    },
    flush,
    insist() {
      changes.release();
      return flush();
    },
    isPending: changes.has,
  };
}
