/** Members' edits in the portal's form, with options to forge each part of one. */
import { AFRIKA, doc, MEMBERS_UID, serverTimestamp, writeBatch } from "./environment.mjs";

/** The queue entry of an edit. */
export function queueEntry(changes, overrides = {}) {
  return {
    kennitala: AFRIKA,
    target: "django",
    action: "update",
    changes,
    status: "pending",
    createdAt: serverTimestamp(),
    syncedAt: null,
    editedBy: MEMBERS_UID,
    editedAs: "member",
    ...overrides,
  };
}

/**
 * The member document's half of an edit: each change at its path, the id of its entry, and the place that it takes
 * among the edits of a minute.
 */
export function memberUpdate(changes, entryId, overrides = {}, place = 0) {
  const taken = { editPlace: place, [`editTimes.${place}`]: serverTimestamp() };
  return { ...changes, updatedAt: serverTimestamp(), lastEdit: entryId, ...taken, ...overrides };
}

/**
 * Commit one edit as a batch.
 * The options forge it: `entry` and `member` override fields of the two halves, `written` are the values that
 * really go into the member document, `target` is the kennitala of that document,
 * `entryId` the entry's name, and `place` the place that the edit takes.
 */
export function commitEdit(
  db,
  changes,
  { entry = {}, member = {}, written = changes, target = AFRIKA, entryId = "entry-1", place = 0 } = {},
) {
  const batch = writeBatch(db);
  batch.set(doc(db, "sync_queue", entryId), queueEntry(changes, entry));
  batch.update(doc(db, "members", target), memberUpdate(written, entryId, member, place));
  return batch.commit();
}
