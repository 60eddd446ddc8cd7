/**
 * Dates and times in the reader's language. This module writes them itself, because common browsers know no
 * Icelandic: Chromium's `Intl` writes "1930 M01 1".
 */

const MONTHS = {
  is: "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember".split(" "),
  en: "January February March April May June July August September October November December".split(" "),
};
const UNKNOWN = "–";

/**
 * @typedef {Date | string | null | undefined} Moment a string is RFC 3339
 * @typedef {import("../i18n/language.js").Language} Language
 */

/** @param {Moment} value @returns {Date | null} */
function read(value) {
  const moment = value ? new Date(value) : null;
  return moment && !Number.isNaN(moment.getTime()) ? moment : null;
}

/** @param {number} day @param {number} month from 0 @param {number} year @param {Language} language */
function write(day, month, year, language) {
  return `${day}${language === "is" ? "." : ""} ${MONTHS[language][month]} ${year}`;
}

/** The day of a date, which is the same wherever it is read. @param {Moment} value @param {Language} language */
export function formatDate(value, language) {
  const date = read(value);
  return date ? write(date.getUTCDate(), date.getUTCMonth(), date.getUTCFullYear(), language) : UNKNOWN;
}

/** The moment in the reader's time zone, to the second. @param {Moment} value @param {Language} language */
export function formatTime(value, language) {
  return formatClock(value, language, (moment) => [
    moment.getHours(),
    moment.getMinutes(),
    moment.getSeconds(),
  ]);
}

/** The moment in the reader's time zone, to the minute. @param {Moment} value @param {Language} language */
export function formatMinute(value, language) {
  return formatClock(value, language, (moment) => [moment.getHours(), moment.getMinutes()]);
}

/** @param {Moment} value @param {Language} language @param {(moment: Date) => number[]} partsOf the clock */
function formatClock(value, language, partsOf) {
  const moment = read(value);
  if (!moment) return UNKNOWN;
  const time = partsOf(moment)
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return `${write(moment.getDate(), moment.getMonth(), moment.getFullYear(), language)} ${time}`;
}
