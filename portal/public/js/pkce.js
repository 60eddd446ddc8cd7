/** Proof Key for Code Exchange (RFC 7636), method S256, and the random values of a log-in. */

const TOKEN_BYTES = 32;

/** @param {Uint8Array} bytes @returns {string} base64url without padding */
function base64Url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @returns {string} 256 random bits as 43 characters: a verifier, a state or a nonce */
export function randomToken() {
  return base64Url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/** @param {string} verifier @returns {Promise<string>} its SHA-256 in base64url */
export async function challengeOf(verifier) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64Url(new Uint8Array(digest));
}
