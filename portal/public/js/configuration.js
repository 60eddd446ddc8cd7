/** The configuration that the portal loads when it starts: from Firebase Hosting, and from its own release. */

/**
 * @typedef {object} Configuration
 * @property {{ apiKey: string, projectId: string, appId: string, authDomain?: string }} firebase
 * @property {Record<string, string>} functions function name → URL
 * @property {{ issuerUrl: string, clientId: string, redirectUri: string }} kenni
 * @property {{ address: string, phone: string, email: string, joinUrl: string | null } | null} office of the
 *   association; null: the stack does not say
 * @property {string | null} [admin] the address of the Django admin, with a slash at its end
 * @property {{ auth: string, firestore: string } | null} emulators the addresses of a Firebase that is not Google's:
 *   `auth` is a URL, `firestore` is `HOST:PORT`
 */

/** Served by Firebase Hosting itself: the app's public key, which no file here holds. */
const HOSTING_CONFIGURATION = "/__/firebase/init.json";
const RELEASE_CONFIGURATION = "/config.json";

/** @returns {Promise<Configuration>} @throws {Error} if one of the two cannot be loaded */
export async function loadConfiguration() {
  const [hosting, release] = await Promise.all([
    fetchJson(HOSTING_CONFIGURATION),
    fetchJson(RELEASE_CONFIGURATION),
  ]);
  return { ...release, firebase: { ...hosting, ...release.firebase } };
}

/** @param {string} path */
async function fetchJson(path) {
  const response = await fetch(path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}
