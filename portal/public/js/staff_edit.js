/**
 * The values that staff typed about a member and have not saved. Only fields that they touched are sent, and
 * never over a value that they have not seen, because the member may edit at the same time.
 */
import { valueAt } from "./contact_fields.js";

/**
 * @typedef {import("./stores/member_store.js").Member} Member
 * @typedef {import("./contact_fields.js").Reading} Reading
 * @typedef {import("./contact_fields.js").FieldValue} FieldValue
 *
 * @typedef {object} StaffEdit
 * @property {(path: string, reading: Reading, member: Member) => void} touch
 * @property {(path: string) => boolean} isTouched
 * @property {() => boolean} isDone whether nothing is touched
 * @property {(member: Member) => Review} review what to save, and what prevents it
 * @property {(changes: import("./autosave.js").Changes) => void} saved keeps what was typed meanwhile
 *
 * @typedef {object} Review
 * @property {import("./autosave.js").Changes} changes the values that differ from the member's document
 * @property {string[]} wrong paths whose value cannot be stored
 * @property {string[]} overtaken paths whose stored value changed after the field was touched; reported only
 *   once, because a person who saves again has seen the warning
 */

/** @returns {StaffEdit} */
export function createStaffEdit() {
  /** @type {Map<string, { reading: Reading, seen: FieldValue }>} */
  const touched = new Map();
  return {
    touch(path, reading, member) {
      const earlier = touched.get(path);
      touched.set(path, { reading, seen: earlier ? earlier.seen : stored(member, path) });
    },
    isTouched: (path) => touched.has(path),
    isDone: () => touched.size === 0,
    review(member) {
      /** @type {Review} */
      const result = { changes: {}, wrong: [], overtaken: [] };
      for (const [path, { reading, seen }] of touched) {
        const now = stored(member, path);
        touched.set(path, { reading, seen: now });
        if ("problem" in reading) result.wrong.push(path);
        else if (reading.value === now) touched.delete(path);
        else {
          result.changes[path] = reading.value;
          if (now !== seen) result.overtaken.push(path);
        }
      }
      return result;
    },
    saved(changes) {
      for (const [path, { reading }] of touched) {
        if ("value" in reading && reading.value === changes[path]) touched.delete(path);
      }
    },
  };
}

/** @param {Member} member @param {string} path @returns {FieldValue} */
function stored(member, path) {
  return valueAt(member, path) ?? null;
}
