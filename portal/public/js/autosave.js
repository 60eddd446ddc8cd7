/**
 * Saves a form's changes without a button: gathers them for a moment, sends one batch at a time, keeps a batch
 * that failed, and tries it again by itself. A change that somebody else overtook is held until the person insists.
 */
import { GAP } from "./edit_rate.js";
import { createPendingChanges } from "./pending_changes.js";
import { OvertakenError } from "./seen_values.js";

const DEFAULTS = {
  /** Milliseconds: longer than the pause between two keys, and short enough that nobody waits for it. */
  pause: 600,
  /** Milliseconds between the starts of two saves, unless they are asked for. */
  gap: GAP,
  /** Milliseconds until a batch that failed is tried again, and how often it is. Each wait is twice the one before. */
  retry: { first: 5_000, most: 7 },
  /** Milliseconds without an answer, after which a save is shown as not done. */
  patience: 5_000,
};

/**
 * @typedef {"idle" | "waiting" | "saving" | "unanswered" | "saved" | "failed" | "overtaken"} SaveState
 * @typedef {Record<string, import("./contact_fields.js").FieldValue>} Changes by dotted path
 *
 * @typedef {object} Autosave
 * @property {(path: string, value: import("./contact_fields.js").FieldValue) => void} change
 * @property {(path: string) => void} forget a change that the person took back before it was sent
 * @property {() => Promise<void>} flush send all waiting changes now; also tries a failed save again
 * @property {() => Promise<void>} retry the same, and begins to count failures again: the connection is back
 * @property {() => Promise<void>} end send what waits once more; what fails now is not tried again
 * @property {() => Promise<void>} insist the same, with what is held: the person has been shown the newer values
 * @property {(path: string) => boolean} isPending whether this field has a value that is not known to be saved
 * @property {(path: string) => boolean} isHeld whether it waits for the person to insist
 */

/** @param {number} milliseconds */
const passed = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A timer of which only the last setting counts. @param {() => void} act */
function oneTimer(act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const stop = () => clearTimeout(timer);
  return {
    stop,
    /** @param {number} milliseconds */
    set(milliseconds) {
      stop();
      timer = setTimeout(act, milliseconds);
    },
  };
}

/** When a batch that failed is tried again. @param {{ first: number, most: number }} retry */
function createRetries({ first, most }) {
  let failures = 0;
  let isOver = false;
  return {
    reset() {
      failures = 0;
    },
    end() {
      isOver = true;
    },
    /** Milliseconds until then; null: not by itself. */
    next() {
      failures += 1;
      return isOver || failures > most ? null : first * 2 ** (failures - 1);
    },
  };
}

/**
 * Send what waits. What somebody else overtook is held.
 * @param {(changes: Changes) => Promise<void>} save
 * @param {import("./pending_changes.js").PendingChanges} changes
 * @param {{ patience: number, onLate: () => void }} lateness
 * @returns {Promise<boolean>} whether there was an answer
 */
async function sendOnce(save, changes, { patience, onLate }) {
  const late = setTimeout(onLate, patience);
  try {
    await save(changes.send());
    changes.sent();
  } catch (error) {
    changes.returned();
    if (!(error instanceof OvertakenError)) return false;
    changes.hold(Object.keys(error.newer));
  } finally {
    clearTimeout(late);
  }
  return true;
}

/**
 * @param {{ save: (changes: Changes) => Promise<void>, onState: (state: SaveState) => void }
 *   & Partial<typeof DEFAULTS>} options
 * @returns {Autosave}
 */
export function createAutosave({ save, onState, ...options }) {
  const { pause, gap, retry, patience } = { ...DEFAULTS, ...options };
  const retries = createRetries(retry);
  const changes = createPendingChanges();
  /** @type {Promise<void> | null} */
  let running = null;
  const timer = oneTimer(() => void flush());
  let lastStart = -Infinity;
  const toWait = () => Math.max(0, lastStart + gap - Date.now());

  async function sendAll() {
    while (changes.isWaiting()) {
      onState("saving");
      lastStart = Date.now();
      const isAnswered = await sendOnce(save, changes, { patience, onLate: () => onState("unanswered") });
      if (!isAnswered) return failed();
      retries.reset();
      if (changes.isWaiting() && toWait() > 0) await passed(toWait());
    }
    onState(changes.isHolding() ? "overtaken" : "saved");
  }

  function failed() {
    const wait = retries.next();
    if (wait !== null) timer.set(wait);
    onState("failed");
  }

  function flush() {
    timer.stop();
    if (running === null && changes.isWaiting()) {
      running = sendAll().finally(() => (running = null));
    }
    return running ?? Promise.resolve();
  }

  /** @param {() => void} act */
  const flushAfter = (act) => () => {
    act();
    return flush();
  };

  return {
    change(path, value) {
      changes.put(path, value);
      if (changes.isHeld(path)) return;
      if (running === null) onState("waiting");
      timer.set(Math.max(pause, toWait()));
    },
    forget(path) {
      changes.drop(path);
      if (running === null && !changes.isWaiting() && !changes.isHolding()) onState("idle");
    },
    flush,
    retry: flushAfter(retries.reset),
    end: flushAfter(retries.end),
    insist: flushAfter(changes.release),
    isPending: changes.has,
    isHeld: changes.isHeld,
  };
}
