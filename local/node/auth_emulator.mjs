/**
 * Firebase Auth's own emulator, without the rest of the Firebase CLI.
 *
 *     node auth_emulator.mjs HOST PORT PROJECT
 *
 * Starting the emulator takes nine seconds. Six of them compile Google's whole API description, so only the
 * paths that the system uses are kept. A call to another path answers 404.
 */
import { createRequire } from "node:module";
import process from "node:process";

import { restrict } from "./auth_restrictions.mjs";

const require = createRequire(import.meta.url);

/** The calls of the web SDK (custom tokens), the Admin SDK (users, claims, revocation), auth.py, and attacks. */
const PATHS_IN_USE = [
  "/v1/accounts:delete",
  "/v1/accounts:lookup",
  "/v1/accounts:signInWithCustomToken",
  "/v1/accounts:signInWithPassword",
  "/v1/accounts:signUp",
  "/v1/accounts:update",
  "/v1/projects/{targetProjectId}/accounts",
  "/v1/projects/{targetProjectId}/accounts:batchCreate",
  "/v1/projects/{targetProjectId}/accounts:batchGet",
  "/v1/projects/{targetProjectId}/accounts:delete",
  "/v1/projects/{targetProjectId}/accounts:lookup",
  "/v1/projects/{targetProjectId}/accounts:update",
  "/v1/token",
  "/v2/projects/{targetProjectId}/config",
  "/emulator/v1/projects/{targetProjectId}/accounts",
  "/emulator/v1/projects/{targetProjectId}/config",
];

/** Shorten the description before the server module is loaded, which reads it once. */
function trimApiDescription() {
  const description = require("firebase-tools/lib/emulator/auth/apiSpec").default;
  description.paths = Object.fromEntries(
    PATHS_IN_USE.map((path) => {
      if (!description.paths[path]) throw new Error(`firebase-tools no longer describes ${path}`);
      return [path, description.paths[path]];
    }),
  );
}

/** Make the emulator act upon a project's settings that it otherwise only keeps. */
function enforceSettings() {
  const { AgentProjectState } = require("firebase-tools/lib/emulator/auth/state");
  const { authOperations } = require("firebase-tools/lib/emulator/auth/operations");
  const { assert } = require("firebase-tools/lib/emulator/auth/errors");
  restrict(AgentProjectState, authOperations.identitytoolkit.accounts, assert);
}

/**
 * @param {string} host
 * @param {number} port
 * @param {string} projectId
 */
async function serve(host, port, projectId) {
  trimApiDescription();
  enforceSettings();
  const { AuthEmulator, SingleProjectMode } = require("firebase-tools/lib/emulator/auth");
  const emulator = new AuthEmulator({
    host,
    port,
    projectId,
    singleProjectMode: SingleProjectMode.NO_WARNING,
  });
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => void emulator.stop().then(() => process.exit(0)));
  }
  await emulator.start();
  console.log(`Auth emulator of ${projectId} at http://${host}:${port}`);
}

const [host, port, projectId] = process.argv.slice(2);
if (!host || !Number(port) || !projectId) {
  console.error("usage: node auth_emulator.mjs HOST PORT PROJECT");
  process.exit(2);
}
process.once("uncaughtException", (error) => {
  console.error(`Auth emulator: ${error.message}`);
  process.exit(1);
});
await serve(host, Number(port), projectId);
