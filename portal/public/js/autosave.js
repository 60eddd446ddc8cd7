/**
 * Saves a form's changes without a button: gathers them for a moment, sends one batch at a time, keeps a batch
 * that failed, and tries it again by itself.
 */
import { GAP } from "./edit_rate.js";

/** Milliseconds: longer than the pause between two keys, and short enough that nobody waits for it. */
const PAUSE = 600;

/** Milliseconds until a batch that failed is tried again. Each further wait is twice as long; there are so many. */
const RETRY = { first: 5_000, most: 7 };

/**
 * @typedef {"idle" | "waiting" | "saving" | "saved" | "failed"} SaveState
 * @typedef {Record<string, import("./contact_fields.js").FieldValue>} Changes by dotted path
 *
 * @typedef {object} Autosave
 * @property {(path: string, value: import("./contact_fields.js").FieldValue) => void} change
 * @property {(path: string) => void} forget a change that the person took back before it was sent
 * @property {() => Promise<void>} flush send all waiting changes now; also tries a failed save again
 * @property {(path: string) => boolean} isPending whether this field has a value that is not known to be saved
 */

/** @param {number} milliseconds */
const passed = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

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
  /** @type {Changes} */
  let waiting = {};
  /** @type {Changes} */
  let sending = {};
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
    while (Object.keys(waiting).length > 0) {
      [sending, waiting] = [waiting, {}];
      onState("saving");
      lastStart = Date.now();
      try {
        await save(sending);
      } catch {
        waiting = { ...sending, ...waiting }; // Changes that were typed meanwhile are newer.
        sending = {};
        if (failures < retry.most) sendIn(retry.first * 2 ** failures);
        failures += 1;
        return onState("failed");
      }
      sending = {};
      failures = 0;
      if (Object.keys(waiting).length > 0 && toWait() > 0) await passed(toWait());
    }
    onState("saved");
  }

  function flush() {
    clearTimeout(timer);
    if (running === null && Object.keys(waiting).length > 0) {
      running = sendAll().finally(() => {
        running = null;
      });
    }
    return running ?? Promise.resolve();
  }

  return {
    change(path, value) {
      waiting[path] = value;
      if (running === null) onState("waiting");
      sendIn(Math.max(pause, toWait()));
    },
    forget(path) {
      delete waiting[path];
      if (running === null && Object.keys(waiting).length === 0) onState("idle");
    },
    flush,
    isPending: (path) => path in waiting || path in sending,
  };
}
