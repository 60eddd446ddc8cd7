/**
 * Log-in with Kenni.is: authorization code with PKCE. The values that tie the answer to the request (verifier,
 * state, nonce) stay in this tab's sessionStorage and are used once.
 */
import { challengeOf, randomToken } from "../pkce.js";
import { safeReturn } from "../routes.js";

const STORAGE_KEY = "kenni-login";
const SCOPES = "openid profile national_id email phone_number";

/**
 * @typedef {{ state: string, nonce: string, verifier: string, returnTo: string }} Attempt
 * @typedef {{ code: string, verifier: string, nonce: string, returnTo: string }} Answer
 */

/** A log-in that failed. `reason` says why. */
export class LoginError extends Error {
  /** @param {"denied" | "expired" | "foreign" | "refused"} reason @param {string} [message] */
  constructor(reason, message = reason) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Send the browser to Kenni.is.
 * @param {import("../configuration.js").Configuration["kenni"]} kenni
 * @param {string} returnTo the page to come back to
 */
export async function beginLogin(kenni, returnTo) {
  const { authorization_endpoint: endpoint } = await discover(kenni.issuerUrl);
  const attempt = {
    state: randomToken(),
    nonce: randomToken(),
    verifier: randomToken(),
    returnTo: safeReturn(returnTo),
  };
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(attempt));
  location.assign(authorizationUrl(endpoint, kenni, attempt, await challengeOf(attempt.verifier)));
}

/** @param {string} issuerUrl @returns {Promise<{ authorization_endpoint: string }>} */
async function discover(issuerUrl) {
  const response = await fetch(`${issuerUrl}/.well-known/openid-configuration`);
  if (!response.ok) throw new LoginError("refused", `discovery: HTTP ${response.status}`);
  return response.json();
}

/**
 * @param {string} endpoint
 * @param {{ clientId: string, redirectUri: string }} kenni
 * @param {Attempt} attempt
 * @param {string} challenge
 */
export function authorizationUrl(endpoint, kenni, attempt, challenge) {
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    client_id: kenni.clientId,
    redirect_uri: kenni.redirectUri,
    response_type: "code",
    scope: SCOPES,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: challenge,
    code_challenge_method: "S256",
    prompt: "login", // Else the next person at this computer could enter by the last one's session at Kenni.is.
  }).toString();
  return url.href;
}

/** The page that the person wanted before they went to Kenni.is. @param {Storage} [storage] */
export function wantedPage(storage = sessionStorage) {
  const kept = storage.getItem(STORAGE_KEY);
  return safeReturn(kept && JSON.parse(kept).returnTo);
}

/**
 * Check the answer of Kenni.is against this tab's attempt, which cannot be used again.
 * @param {string} query of the callback
 * @param {string} issuerUrl
 * @param {Storage} [storage]
 * @returns {Answer}
 * @throws {LoginError}
 */
export function readAnswer(query, issuerUrl, storage = sessionStorage) {
  const answer = new URLSearchParams(query);
  const kept = storage.getItem(STORAGE_KEY);
  storage.removeItem(STORAGE_KEY);
  if (kept === null) throw new LoginError("expired");
  /** @type {Attempt} */
  const { state, verifier, nonce, returnTo } = JSON.parse(kept);
  if (answer.get("state") !== state) throw new LoginError("foreign", "state");
  if ((answer.get("iss") ?? issuerUrl) !== issuerUrl) throw new LoginError("foreign", "issuer");
  if (answer.get("error") === "access_denied") throw new LoginError("denied");
  const code = answer.get("code");
  if (!code) throw new LoginError("refused", answer.get("error") ?? "no code");
  return { code, verifier, nonce, returnTo };
}
