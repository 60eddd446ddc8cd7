/** Members' edits in the portal's form, with options to forge each part of one. */
import { AFRIKA, doc, serverTimestamp, writeBatch } from "./environment.mjs";

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
    ...overrides,
  };
}

/** The member document's half of an edit: each change at its path, and the id of its entry. */
export function memberUpdate(changes, entryId, overrides = {}) {
  return { ...changes, updatedAt: serverTimestamp(), lastEdit: entryId, ...overrides };
}

/**
 * Commit one edit as a batch.
 * The options forge it: `entry` and `member` override fields of the two halves, `written` are the values that
 * really go into the member document, `target` is the kennitala of that document, and `entryId` the entry's name.
 */
export function commitEdit(
  db,
  changes,
  { entry = {}, member = {}, written = changes, target = AFRIKA, entryId = "entry-1" } = {},
) {
  const batch = writeBatch(db);
  batch.set(doc(db, "sync_queue", entryId), queueEntry(changes, entry));
  batch.update(doc(db, "members", target), memberUpdate(written, entryId, member));
  return batch.commit();
}
