/** Firebase, connected as the configuration says. */
import { initializeApp } from "firebase/app";
import {
  browserSessionPersistence,
  connectAuthEmulator,
  initializeAuth,
} from "firebase/auth";
import { connectFirestoreEmulator, getFirestore } from "firebase/firestore";

/**
 * @typedef {object} Firebase
 * @property {import("firebase/auth").Auth} auth
 * @property {import("firebase/firestore").Firestore} db
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
