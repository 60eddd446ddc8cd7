/** Days that are no longer to come, in the stored form, `YYYY-MM-DD`; a date input has the same form. */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** @param {string} text @returns {string | null} the day, or null if there has been no such day */
export function parseDay(text) {
  return isDay(text) && !isToCome(text) ? text : null;
}

/** @param {string} text */
export function isDayToCome(text) {
  return isDay(text) && isToCome(text);
}

/** @param {string} text */
function isDay(text) {
  const moment = DAY.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  // JavaScript reads 31 February as 3 March.
  return moment !== null && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

/** @param {string} day */
function isToCome(day) {
  return new Date(`${day}T00:00:00Z`) > new Date();
}
