/** Firebase, connected as the configuration says. */
import { initializeApp } from "/vendor/firebase/firebase-app.js";
import {
  browserSessionPersistence,
  connectAuthEmulator,
  initializeAuth,
} from "/vendor/firebase/firebase-auth.js";
import { connectFirestoreEmulator, getFirestore } from "/vendor/firebase/firebase-firestore.js";

/**
 * @typedef {object} Firebase
 * @property {import("/vendor/firebase/firebase-auth.js").Auth} auth
 * @property {import("/vendor/firebase/firebase-firestore.js").Firestore} db
 */

/**
 * A log-in lasts as long as the tab, because many people use computers that others use too.
 * @param {import("./configuration.js").Configuration} configuration
 * @returns {Firebase}
 */
export function connectFirebase({ firebase, emulators }) {
  const app = initializeApp(firebase);
  const auth = initializeAuth(app, { persistence: browserSessionPersistence });
  const db = getFirestore(app);
  if (emulators) {
    connectAuthEmulator(auth, emulators.auth, { disableWarnings: true });
    const [host, port] = emulators.firestore.split(":");
    connectFirestoreEmulator(db, host, Number(port));
  }
  return { auth, db };
}
