/** An event of the association: turns the form's texts into what is stored. `firestore.rules` has the same limits. */

/**
 * @typedef {object} EventContent
 * @property {string} title
 * @property {string | null} place
 * @property {string | null} link an https address
 * @property {string | null} description
 * @property {Date} startsAt
 * @property {Date} endsAt
 *
 * @typedef {{ id: string } & EventContent} StoredEvent
 * @typedef {keyof EventContent} EventField
 * @typedef {Record<EventField, string>} TypedEvent the form's texts; times `YYYY-MM-DDTHH:MM` in the local time zone
 * @typedef {"required" | "text" | "link" | "time" | "order"} EventProblem
 * @typedef {Partial<Record<EventField, EventProblem>>} EventProblems
 */

/** Characters. */
export const LONGEST = { title: 200, place: 200, link: 500, description: 4000 };

const LINE = /^[^\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*$/u;
const PROSE = /^(?:[^\p{Cc}]|\n)*$/u;
const LINK = /^https:\/\/[^\s<>"\p{Cc}]+$/u;

/** @param {TypedEvent} typed @returns {{ content: EventContent } | { problems: EventProblems }} */
export function readEvent(typed) {
  const [startsAt, endsAt] = [new Date(typed.startsAt), new Date(typed.endsAt)];
  const problems = { ...textProblems(typed), ...timeProblems(startsAt, endsAt) };
  if (Object.keys(problems).length > 0) return { problems };
  const text = (/** @type {EventField} */ field) => proseOf(typed[field]) || null;
  return {
    content: {
      title: proseOf(typed.title),
      place: text("place"),
      link: text("link"),
      description: text("description"),
      startsAt,
      endsAt,
    },
  };
}

/** @param {unknown} link @returns {string | null} null if it must not become a link on a page */
export function safeLink(link) {
  return typeof link === "string" && LINK.test(link) ? link : null;
}

/** @param {Date} moment @returns {string} for a `datetime-local` input: local time, to the minute */
export function localInput(moment) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** @param {TypedEvent} typed @returns {EventProblems} */
function textProblems(typed) {
  /** @type {EventProblems} */
  const problems = {};
  for (const field of /** @type {(keyof typeof LONGEST)[]} */ (Object.keys(LONGEST))) {
    const text = proseOf(typed[field]);
    const form = field === "description" ? PROSE : LINE;
    if (text.length > LONGEST[field] || !form.test(text)) problems[field] = "text";
  }
  if (proseOf(typed.title) === "") problems.title = "required";
  if (proseOf(typed.link) !== "" && !safeLink(proseOf(typed.link))) problems.link = "link";
  return problems;
}

/** @param {Date} startsAt @param {Date} endsAt @returns {EventProblems} */
function timeProblems(startsAt, endsAt) {
  /** @type {EventProblems} */
  const problems = {};
  if (Number.isNaN(startsAt.getTime())) problems.startsAt = "time";
  if (Number.isNaN(endsAt.getTime())) problems.endsAt = "time";
  else if (endsAt <= startsAt) problems.endsAt = "order";
  return problems;
}

/** @param {string} text @returns {string} with plain line ends instead of those that forms send */
function proseOf(text) {
  return text.replaceAll("\r\n", "\n").trim();
}
