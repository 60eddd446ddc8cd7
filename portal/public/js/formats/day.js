/** Days that are no longer to come, in the stored form, `YYYY-MM-DD`; a date input has the same form. */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** @param {string} text @returns {string | null} the day, or null if there has been no such day */
export function parseDay(text) {
  const moment = DAY.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // JavaScript reads 31 February as 3 March.
  const isDay = moment && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
  return isDay && moment <= new Date() ? text : null;
}
