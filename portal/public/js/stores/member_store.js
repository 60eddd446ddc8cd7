/** A member's own document: listens to it, edits it, and asks for changes of fields that only staff may edit. */
import { collection, doc, runTransaction, serverTimestamp } from "firebase/firestore";
import { valueAt } from "../contact_fields.js";
import { nextPlace } from "../edit_rate.js";
import { wantedChanges } from "../seen_values.js";
import { call, FunctionError } from "./function_calls.js";
import { watchDocument } from "./live.js";

/**
 * @typedef {import("../autosave.js").Changes} Changes
 * @typedef {Record<string, any>} Member the document `/members/{kennitala}`
 * @typedef {"pending" | "synced" | "failed"} EditStatus whether the register's other half has the last edit
 *
 * @typedef {object} MemberStore
 * @property {(kennitala: string, onMember: (member: Member | null) => void,
 *   onError: (error: Error) => void) => () => void} watch null: not in the register
 * @property {(entryId: string, onStatus: (status: EditStatus) => void) => () => void} watchEdit
 * @property {(kennitala: string, changes: Changes, seen: Record<string, unknown>,
 *   own: (path: string) => unknown[]) => Promise<string | null>} save
 *   resolves with the name of the queue entry, null if there was nothing to write;
 *   rejects with an `OvertakenError`, and writes nothing, if a field no longer holds what the page showed
 * @property {(kennitala: string, changes: Changes, seen?: Record<string, unknown>) => Promise<void>} ask
 *   for a change of any field, also the name; members for their own document, staff for any. `seen`: what the
 *   page showed of these fields; if one holds something else by now, the change is refused
 */

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @param {Record<string, string>} functions URLs
 * @returns {MemberStore}
 */
export function createMemberStore({ auth, db }, functions) {
  return {
    watch: (kennitala, onMember, onError) => watchDocument(doc(db, "members", kennitala), onMember, onError),

    watchEdit: (entryId, onStatus) =>
      watchDocument(
        doc(db, "sync_queue", entryId),
        (entry) => onStatus(entry?.status ?? "synced"),
        () => onStatus("synced"), // The entry is gone: entries are removed some time after they arrived.
      ),

    /**
     * Document and entry go together: the rules refuse one without the other, an edit that changes nothing, and
     * one whose author saw something else.
     * What the document holds already, by another tab or by staff, is left out. If the document changes before
     * the commit, Firestore has all of this done again.
     */
    save: (kennitala, changes, seen, own) =>
      runTransaction(db, async (transaction) => {
        const member = doc(db, "members", kennitala);
        const present = (await transaction.get(member)).data() ?? {};
        const wanted = wantedChanges(present, changes, seen, own);
        if (Object.keys(wanted).length === 0) return null;
        const entry = doc(collection(db, "sync_queue"));
        const place = nextPlace(present);
        transaction.update(member, {
          ...wanted,
          updatedAt: serverTimestamp(),
          lastEdit: entry.id,
          editPlace: place,
          [`editTimes.${place}`]: serverTimestamp(),
        });
        transaction.set(entry, {
          kennitala,
          target: "django",
          action: "update",
          changes: wanted,
          seen: Object.fromEntries(Object.keys(wanted).map((path) => [path, valueAt(present, path) ?? null])),
          status: "pending",
          createdAt: serverTimestamp(),
          syncedAt: null,
          editedBy: auth.currentUser?.uid,
          editedAs: "member",
        });
        return entry.id;
      }),

    /** Calls the function, which checks the caller and the values, and writes document and entry too. */
    async ask(kennitala, changes, seen) {
      const data = { kennitala, updates: changes };
      try {
        await call(auth, functions.updatememberprofile, seen ? { ...data, seen } : data);
      } catch (error) {
        if (!seen || !isFromBeforeSeen(error)) throw error;
        await call(auth, functions.updatememberprofile, data);
      }
    },
  };
}

/** Whether a function of an earlier release refused `seen`, which it does not know. @param {unknown} error */
function isFromBeforeSeen(error) {
  return error instanceof FunctionError && error.message === "wanted are `kennitala` and `updates`";
}
