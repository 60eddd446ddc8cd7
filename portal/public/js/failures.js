/** Why something failed, in the reader's words. What a program says of it is for its log. */
import { SYNCED_FIELDS } from "./synced_fields.js";

/**
 * @typedef {import("./i18n/language.js").Phrase} Phrase
 * @typedef {import("./i18n/language.js").Translate} Translate
 * @typedef {Record<string, Phrase>} Reasons by the code of Firestore or of a function
 * @typedef {{ code?: string, message?: string, correlationId?: string }} Failure
 */

/** @type {Reasons} */
const REASONS = {
  UNREACHABLE: "state.offline",
  PERMISSION_DENIED: "state.denied",
  UNAUTHENTICATED: "failure.loggedOut",
  RESOURCE_EXHAUSTED: "failure.tooMany",
  NOT_FOUND: "failure.gone",
  UNAVAILABLE: "failure.later",
};

/**
 * @param {Translate} t
 * @param {Failure} failure
 * @param {Reasons} [own] words for what these codes mean here
 */
export function reasonOf(t, failure, own = {}) {
  const code = (failure.code ?? "").toUpperCase().replaceAll("-", "_");
  const phrase = own[code] ?? REASONS[code];
  if (phrase) return t(phrase);
  const reference = failure.correlationId && t("callback.reference", { id: failure.correlationId });
  return [t("callback.error"), reference].filter(Boolean).join(" ");
}

/** The fields that a function names in its refusal, by path. @param {Failure} failure */
export function refusedPaths({ message = "" }) {
  const named = message.split(/[:;,]\s*/);
  return SYNCED_FIELDS.map(({ path }) => path).filter((path) => named.includes(path));
}
