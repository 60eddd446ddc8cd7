/** Firebase, connected as the configuration says. */
import { initializeApp } from "firebase/app";
import { browserLocalPersistence, connectAuthEmulator, initializeAuth } from "firebase/auth";
import { connectFirestoreEmulator, getFirestore } from "firebase/firestore";

/**
 * @typedef {object} Firebase
 * @property {import("firebase/auth").Auth} auth
 * @property {import("firebase/firestore").Firestore} db
 */

/**
 * All tabs of a browser have one log-in. It ends with the browser and by limits of its own (`session_watch.js`),
 * because many people use computers that others use too.
 * @param {import("./configuration.js").Configuration} configuration
 * @returns {Firebase}
 */
export function connectFirebase({ firebase, emulators }) {
  const app = initializeApp(firebase);
  const auth = initializeAuth(app, { persistence: browserLocalPersistence });
  const db = getFirestore(app);
  if (emulators) {
    connectAuthEmulator(auth, emulators.auth, { disableWarnings: true });
    const [host, port] = emulators.firestore.split(":");
    connectFirestoreEmulator(db, host, Number(port));
  }
  return { auth, db };
}
