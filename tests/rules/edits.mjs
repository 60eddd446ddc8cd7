/** Members' edits as the portal makes them, and the ways in which somebody could forge one. */
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

/** The member document's half of an edit: each change at its path, and what ties it to its entry. */
export function memberUpdate(changes, entryId, overrides = {}) {
  return { ...changes, updatedAt: serverTimestamp(), lastEdit: entryId, ...overrides };
}

/**
 * Commit one edit as a batch.
 * What can be forged: `entry` and `member` override fields of the two halves, `written` are the values that
 * really go into the member document, `target` is whose document that is.
 */
export function commitEdit(
  db,
  changes,
  { entry = {}, member = {}, written = changes, target = AFRIKA } = {},
) {
  const batch = writeBatch(db);
  const entryId = "entry-1";
  batch.set(doc(db, "sync_queue", entryId), queueEntry(changes, entry));
  batch.update(doc(db, "members", target), memberUpdate(written, entryId, member));
  return batch.commit();
}
