/** Days as stored: `YYYY-MM-DD`, which is also what a date input gives. */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** @param {string} text @returns {string | null} the day, or null where the calendar has none such */
export function parseDay(text) {
  const moment = DAY.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // JavaScript takes 31 February for 3 March.
  return moment && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : null;
}
