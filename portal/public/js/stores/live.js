/**
 * Listens to documents. Without a connection Firestore answers from its cache, which is empty after a reload: that
 * nothing was found there says nothing about the register.
 */
import { onSnapshot } from "firebase/firestore";

/** @typedef {(error: Error) => void} OnError */

/**
 * One document, if there is one.
 * @param {import("firebase/firestore").DocumentReference} reference
 * @param {(document: Record<string, any> | null) => void} onDocument
 * @param {OnError} onError
 */
export function watchDocument(reference, onDocument, onError) {
  return onSnapshot(
    reference,
    { includeMetadataChanges: true },
    (snapshot) => {
      if (snapshot.exists()) onDocument(snapshot.data());
      else if (!snapshot.metadata.fromCache) onDocument(null);
    },
    onError,
  );
}

/**
 * The documents that a query finds.
 * @param {import("firebase/firestore").Query} question
 * @param {(documents: import("firebase/firestore").QueryDocumentSnapshot[]) => void} onDocuments
 * @param {OnError} onError
 */
export function watchQuery(question, onDocuments, onError) {
  let isShown = false;
  return onSnapshot(
    question,
    { includeMetadataChanges: true },
    (snapshot) => {
      if (snapshot.empty && snapshot.metadata.fromCache) return;
      if (isShown && snapshot.docChanges().length === 0) return;
      isShown = true;
      onDocuments(snapshot.docs);
    },
    onError,
  );
}
