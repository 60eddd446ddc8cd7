/** Calls of the cloud functions. */

/** How long a person waits for an answer, in milliseconds; a full comparison of the register takes the longest. */
const PATIENCE = 600_000;

/** A function's refusal. `code` comes from the function; it is `UNREACHABLE` if there was no answer. */
export class FunctionError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ correlationId?: string, retryAfter?: number }} [details] `retryAfter` in seconds
   */
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.correlationId = details.correlationId;
    this.retryAfter = details.retryAfter;
  }
}

/**
 * POST JSON to a plain HTTP function.
 * @param {string} url
 * @param {object} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} the answer's JSON
 * @throws {FunctionError}
 */
export async function post(url, body, headers = {}) {
  const response = await send(url, body, headers);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const failure = typeof answer.error === "object" ? answer.error : answer;
  throw new FunctionError(
    failure.status ?? failure.error ?? `HTTP_${response.status}`,
    failure.message ?? "",
    {
      correlationId: failure.correlationId ?? failure.details?.correlationId,
      retryAfter: Number(response.headers.get("Retry-After")) || undefined,
    },
  );
}

/** @param {string} url @param {object} body @param {Record<string, string>} headers */
async function send(url, body, headers) {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    throw new FunctionError("UNREACHABLE", /** @type {Error} */ (error).message);
  }
}

/**
 * Call a *callable* function as the person who is logged in.
 * @param {import("firebase/auth").Auth} auth
 * @param {string} url
 * @param {object} data
 * @returns {Promise<any>} its result
 * @throws {FunctionError}
 */
export async function call(auth, url, data = {}) {
  const token = await auth.currentUser?.getIdToken();
  const answer = await post(url, { data }, token ? { Authorization: `Bearer ${token}` } : {});
  return answer.result;
}
