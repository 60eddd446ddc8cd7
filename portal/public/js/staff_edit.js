/**
 * What staff typed about a member and have not saved. Only what they touched is ever sent, and never over a
 * value that they have not seen: the member edits at the same time.
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
 * @property {(member: Member) => Review} review what to save, and what stands in the way
 * @property {(changes: import("./autosave.js").Changes) => void} saved what was typed meanwhile stays touched
 *
 * @typedef {object} Review
 * @property {import("./autosave.js").Changes} changes what differs from what the member's document holds
 * @property {string[]} wrong paths whose value cannot be stored
 * @property {string[]} overtaken paths whose stored value changed after it was touched; told once, for who
 *   saves again has seen it
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
