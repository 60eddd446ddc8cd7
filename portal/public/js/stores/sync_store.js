/** The sync for staff: its runs, its pending entries, and a run on demand. */
import { collection, limit, orderBy, query, where } from "firebase/firestore";
import { call } from "./function_calls.js";
import { watchQuery } from "./live.js";

/**
 * @typedef {Record<string, any>} Run a document of `/sync_logs`
 * @typedef {Record<string, any>} Entry a document of `/sync_queue`
 * @typedef {Record<string, any> & { id: string }} HeldRun a document of `/held_runs`, with its name
 *
 * @typedef {object} SyncStore
 * @property {(count: number, onRuns: (runs: Run[]) => void, onError: (error: Error) => void) => () => void} watchRuns
 *   the newest runs, newest first
 * @property {(onEntries: (entries: Entry[]) => void, onError: (error: Error) => void) => () => void} watchPending
 *   edits of members that the register's other half does not have yet, oldest first
 * @property {() => Promise<Run>} run compare the whole register now
 * @property {(onHeld: (runs: HeldRun[]) => void, onError: (error: Error) => void) => () => void} watchHeld
 *   what waits for a person's decision: one run, or none
 * @property {(run: HeldRun, decision: "released" | "refused") => Promise<any>} decide for what was shown, and no more
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
      watchQuery(
        query(collection(db, "sync_logs"), orderBy("started_at", "desc"), limit(count)),
        (docs) => onRuns(docs.map((snapshot) => snapshot.data())),
        onError,
      ),
    watchPending: (onEntries, onError) =>
      watchQuery(pending, (docs) => onEntries(docs.map((snapshot) => snapshot.data())), onError),
    run: () => call(auth, functions.syncmembers),
    watchHeld: (onHeld, onError) =>
      watchQuery(
        query(collection(db, "held_runs"), where("status", "==", "held"), limit(SHOWN)),
        (docs) => onHeld(docs.map((snapshot) => ({ ...snapshot.data(), id: snapshot.id }))),
        onError,
      ),
    decide: ({ id, hash }, decision) => call(auth, functions.decideheld, { id, hash, decision }),
  };
}
