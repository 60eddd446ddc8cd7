/**
 * Saves a form's changes without a button: gathers them for a moment, sends one batch at a time, and keeps
 * a batch that failed.
 */

/** Milliseconds: longer than the pause between two keys, and short enough that nobody waits for it. */
const PAUSE = 600;

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

/**
 * @param {object} options
 * @param {(changes: Changes) => Promise<void>} options.save
 * @param {(state: SaveState) => void} options.onState
 * @param {number} [options.pause] milliseconds
 * @returns {Autosave}
 */
export function createAutosave({ save, onState, pause = PAUSE }) {
  /** @type {Changes} */
  let waiting = {};
  /** @type {Changes} */
  let sending = {};
  /** @type {Promise<void> | null} */
  let running = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function sendAll() {
    while (Object.keys(waiting).length > 0) {
      [sending, waiting] = [waiting, {}];
      onState("saving");
      try {
        await save(sending);
      } catch {
        waiting = { ...sending, ...waiting }; // Changes that were typed meanwhile are newer.
        sending = {};
        return onState("failed");
      }
      sending = {};
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
      clearTimeout(timer);
      timer = setTimeout(flush, pause);
    },
    forget(path) {
      delete waiting[path];
      if (running === null && Object.keys(waiting).length === 0) onState("idle");
    },
    flush,
    isPending: (path) => path in waiting || path in sending,
  };
}
