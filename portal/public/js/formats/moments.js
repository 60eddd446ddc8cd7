/** Dates and times as the reader's language writes them. */

/**
 * @param {Date | string | null | undefined} value a moment, or the RFC 3339 text of one
 * @param {string} language BCP 47
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(value, language, options) {
  const moment = value ? new Date(value) : null;
  if (!moment || Number.isNaN(moment.getTime())) return "–";
  return new Intl.DateTimeFormat(language, options).format(moment);
}

/** @param {Date | string | null | undefined} value @param {string} language */
export function formatDate(value, language) {
  return format(value, language, { dateStyle: "long", timeZone: "UTC" });
}

/** @param {Date | string | null | undefined} value @param {string} language */
export function formatTime(value, language) {
  return format(value, language, { dateStyle: "medium", timeStyle: "medium" });
}
