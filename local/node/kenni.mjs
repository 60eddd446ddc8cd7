/**
 * Stand-in for Kenni.is.
 *
 *     node kenni.mjs SETTINGS.json
 *
 * The settings are of the type `Settings` in kenni_provider.mjs. Listens at `issuerUrl`; ends on SIGTERM.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import process from "node:process";
import { handlerFor } from "./kenni_login.mjs";
import { createProvider } from "./kenni_provider.mjs";

/** @param {string} path @returns {import("./kenni_provider.mjs").Settings} */
function readSettings(path) {
  const settings = JSON.parse(readFileSync(path, "utf8"));
  for (const key of ["issuerUrl", "clientId", "clientSecretFile", "redirectUri", "persons"]) {
    if (!settings[key]?.length) throw new Error(`${path} lacks "${key}"`);
  }
  return settings;
}

/** @param {string} path */
function serve(path) {
  const settings = readSettings(path);
  const provider = createProvider(settings, readFileSync(settings.clientSecretFile, "utf8").trim());
  provider.on("server_error", (_context, error) => console.error(error));
  const server = createServer(handlerFor(provider, settings.persons));
  const { hostname, port } = new URL(settings.issuerUrl);
  server.once("error", (error) => fail(error.message));
  server.listen(Number(port), hostname, () => console.log(`Kenni.is stand-in at ${settings.issuerUrl}`));
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
}

/** @param {string} message */
function fail(message) {
  console.error(`Kenni.is stand-in: ${message}`);
  process.exit(1);
}

const [path] = process.argv.slice(2);
if (!path) {
  console.error("usage: node kenni.mjs SETTINGS.json");
  process.exit(2);
}
try {
  serve(path);
} catch (error) {
  fail(error.message);
}
