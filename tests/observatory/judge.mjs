/**
 * `node judge.mjs HOST`: MDN's HTTP Observatory on a host, as JSON: grade, score, and each test's result.
 * NODE_EXTRA_CA_CERTS names who is trusted.
 */
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Who browsers know beforehand, which the package downloads when it is installed. Nobody, as far as we ask.
const preloaded = new URL("node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json", import.meta.url);
if (!existsSync(preloaded)) {
  writeFileSync(fileURLToPath(preloaded), "{}");
}
const { scan } = await import("@mdn/mdn-http-observatory");

const { scan: verdict, tests } = await scan(process.argv[2]);
const results = Object.fromEntries(Object.entries(tests).map(([name, test]) => [name, test.result]));
console.log(JSON.stringify({ grade: verdict.grade, score: verdict.score, results }));
