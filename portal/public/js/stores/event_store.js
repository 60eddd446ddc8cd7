/** The association's events: members read them, staff write them. */
import {
  addDoc,
  collection,
  deleteDoc,
  doc,
  limit,
  orderBy,
  query,
  serverTimestamp,
  setDoc,
  where,
} from "firebase/firestore";
import { watchQuery } from "./live.js";

/**
 * @typedef {import("../event_content.js").EventContent} EventContent
 * @typedef {import("../event_content.js").StoredEvent} StoredEvent
 *
 * @typedef {object} EventStore
 * @property {(onEvents: (events: StoredEvent[]) => void, onError: (error: Error) => void) => () => void} watch
 *   the events that are not over, the next one first
 * @property {(id: string | null, content: EventContent) => Promise<void>} save null: a new one
 * @property {(id: string) => Promise<void>} remove
 */

/** The most documents that are listened to at once. */
const SHOWN = 100;

/**
 * @param {import("../firebase_services.js").Firebase} firebase
 * @returns {EventStore}
 */
export function createEventStore({ db }) {
  const events = collection(db, "events");
  return {
    watch: (onEvents, onError) =>
      watchQuery(
        query(events, where("endsAt", ">", new Date()), orderBy("endsAt"), limit(SHOWN)),
        (docs) => onEvents(docs.map(read).sort((one, other) => +one.startsAt - +other.startsAt)),
        onError,
      ),
    async save(id, content) {
      const fields = { ...content, updatedAt: serverTimestamp() };
      await (id === null ? addDoc(events, fields) : setDoc(doc(events, id), fields));
    },
    remove: (id) => deleteDoc(doc(events, id)),
  };
}

/**
 * @param {import("firebase/firestore").QueryDocumentSnapshot} snapshot
 * @returns {StoredEvent}
 */
function read(snapshot) {
  const fields = snapshot.data();
  const content = { ...fields, startsAt: fields.startsAt.toDate(), endsAt: fields.endsAt.toDate() };
  return /** @type {StoredEvent} */ ({ ...content, id: snapshot.id });
}
