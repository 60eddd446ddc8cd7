/** The sync for staff: its runs, its pending entries, and a run on demand. */
import { collection, limit, onSnapshot, orderBy, query, where } from "/vendor/firebase/firebase-firestore.js";
import { call } from "./function_calls.js";

/**
 * @typedef {Record<string, any>} Run a document of `/sync_logs`
 * @typedef {Record<string, any>} Entry a document of `/sync_queue`
 *
 * @typedef {object} SyncStore
 * @property {(count: number, onRuns: (runs: Run[]) => void, onError: (error: Error) => void) => () => void} watchRuns
 *   the newest runs, newest first
 * @property {(onEntries: (entries: Entry[]) => void, onError: (error: Error) => void) => () => void} watchPending
 *   edits of members that the register's other half does not have yet, oldest first
 * @property {() => Promise<Run>} run compare the whole register now
 */

/** The most documents that are listened to at once. */
const SHOWN = 50;

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @param {Record<string, string>} functions URLs
 * @returns {SyncStore}
 */
export function createSyncStore({ auth, db }, functions) {
  const pending = query(
    collection(db, "sync_queue"),
    where("target", "==", "django"),
    where("status", "==", "pending"),
    orderBy("createdAt"),
    limit(SHOWN),
  );
  return {
    watchRuns: (count, onRuns, onError) =>
      onSnapshot(
        query(collection(db, "sync_logs"), orderBy("started_at", "desc"), limit(count)),
        ({ docs }) => onRuns(docs.map((snapshot) => snapshot.data())),
        onError,
      ),
    watchPending: (onEntries, onError) =>
      onSnapshot(pending, ({ docs }) => onEntries(docs.map((snapshot) => snapshot.data())), onError),
    run: () => call(auth, functions.syncmembers),
  };
}
