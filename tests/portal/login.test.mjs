import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { challengeOf, randomToken } from "../../portal/public/js/pkce.js";
import { authorizationUrl, readAnswer, wantedPage } from "../../portal/public/js/stores/kenni_login.js";

const ISSUER = "https://idp.example.is";
const ATTEMPT = { state: "state-1", nonce: "nonce-1", verifier: "verifier-1", returnTo: "/profile" };

/** A sessionStorage that holds one attempt, or none. */
function storageWith(attempt) {
  const kept = new Map(attempt ? [["kenni-login", JSON.stringify(attempt)]] : []);
  return { getItem: (key) => kept.get(key) ?? null, removeItem: (key) => kept.delete(key) };
}

const refuses = (query, reason, attempt = ATTEMPT) =>
  assert.throws(() => readAnswer(query, ISSUER, storageWith(attempt)), { reason });

test("the challenge is the verifier's SHA-256 (RFC 7636, appendix B)", async () => {
  assert.equal(
    await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  );
});

test("random tokens are long, base64url, and never the same", async () => {
  const tokens = new Set(Array.from({ length: 100 }, randomToken));
  assert.equal(tokens.size, 100);
  for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
  const [token] = tokens;
  assert.equal(await challengeOf(token), createHash("sha256").update(token).digest("base64url"));
});

test("the question to Kenni.is asks for a code with S256, state and nonce, and holds no verifier", () => {
  const kenni = { clientId: "@id/portal", redirectUri: "https://portal.example.is/callback" };
  const url = new URL(authorizationUrl(`${ISSUER}/oidc/auth`, kenni, ATTEMPT, "challenge-1"));
  const asked = Object.fromEntries(url.searchParams);
  assert.equal(asked.response_type, "code");
  assert.equal(asked.code_challenge_method, "S256");
  assert.equal(asked.code_challenge, "challenge-1");
  assert.equal(asked.state, "state-1");
  assert.equal(asked.nonce, "nonce-1");
  assert.equal(asked.client_id, "@id/portal");
  assert.equal(asked.redirect_uri, "https://portal.example.is/callback");
  assert.equal(asked.scope, "openid profile national_id email phone_number");
  assert.ok(!url.href.includes("verifier-1"));
});

test("an answer to this tab's question gives its code and what belongs to it", () => {
  const answer = readAnswer(`?code=c&state=state-1&iss=${ISSUER}`, ISSUER, storageWith(ATTEMPT));
  assert.deepEqual(answer, { code: "c", verifier: "verifier-1", nonce: "nonce-1", returnTo: "/profile" });
});

test("the page that was wanted is known also if the log-in fails, and is one of ours", () => {
  assert.equal(wantedPage(storageWith(ATTEMPT)), "/profile");
  assert.equal(wantedPage(storageWith({ ...ATTEMPT, returnTo: "https://evil.example" })), "/");
  assert.equal(wantedPage(storageWith(null)), "/");
});

test("an answer is read once", () => {
  const storage = storageWith(ATTEMPT);
  readAnswer("?code=c&state=state-1", ISSUER, storage);
  assert.throws(() => readAnswer("?code=c&state=state-1", ISSUER, storage), { reason: "expired" });
});

test("a spent attempt stays spent after a refused answer", () => {
  const storage = storageWith(ATTEMPT);
  assert.throws(() => readAnswer("?code=c&state=forged", ISSUER, storage), { reason: "foreign" });
  assert.throws(() => readAnswer("?code=c&state=state-1", ISSUER, storage), { reason: "expired" });
});

test("answers that are not to this tab's question are refused", () => {
  refuses("?code=c&state=other", "foreign");
  refuses("?code=c", "foreign");
  refuses("?code=c&state=state-1&iss=https://evil.example", "foreign");
  refuses("?code=c&state=state-1", "expired", null);
});

test("an answer without a code says why", () => {
  refuses("?error=access_denied&state=state-1", "denied");
  refuses("?error=server_error&state=state-1", "refused");
  refuses("?state=state-1", "refused");
});
