/**
 * What a page showed of the fields that a person changes. An edit that was made on an older value is not written
 * over a newer one that its author has not seen.
 */
import { valueAt } from "./contact_fields.js";

/** @typedef {Record<string, unknown>} Values by dotted path */

/** Nothing was written, because somebody else was faster. `newer`: what the fields in the way hold now. */
export class OvertakenError extends Error {
  /** @param {Values} newer */
  constructor(newer) {
    super(`changed since it was shown: ${Object.keys(newer).join(", ")}`);
    this.newer = newer;
  }
}

/**
 * What is left to write: what the document holds already, by another tab or by staff, is in nobody's way.
 * @param {unknown} document as it is when the edit is written
 * @param {import("./autosave.js").Changes} changes
 * @param {Values} seen what the page showed; of a field that is empty, null or nothing
 * @param {(path: string) => unknown[]} own values of which the same person may have written one meanwhile
 * @returns {import("./autosave.js").Changes}
 * @throws {OvertakenError}
 */
export function wantedChanges(document, changes, seen, own = () => []) {
  const wanted = Object.entries(changes).filter(([path, value]) => valueAt(document, path) !== value);
  const newer = wanted
    .map(([path]) => /** @type {const} */ ([path, valueAt(document, path) ?? null]))
    .filter(([path, value]) => ![seen[path] ?? null, ...own(path)].some((known) => isSame(value, known)));
  if (newer.length > 0) throw new OvertakenError(Object.fromEntries(newer));
  return Object.fromEntries(wanted);
}

/**
 * What these fields of a document hold now, if it is not what they held.
 * @param {unknown} earlier
 * @param {unknown} now
 * @param {string[]} paths
 * @returns {Values} null: a field that is empty
 */
export function changedValues(earlier, now, paths) {
  const changed = paths.filter((path) => !isSame(valueAt(earlier, path) ?? null, valueAt(now, path) ?? null));
  return Object.fromEntries(changed.map((path) => [path, valueAt(now, path) ?? null]));
}

/** A field may hold a map that does not belong there. @param {unknown} one @param {unknown} other */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
