/** The form in which staff add, change or remove an event. */
import { LONGEST, localInput, readEvent } from "../event_content.js";
import { reasonOf } from "../failures.js";
import { h } from "./dom.js";
import { errorSummary } from "./error_summary.js";
import { labelledField } from "./labelled_field.js";
import { askBeforeUnload } from "./leaving.js";
import { whenReleased } from "./press.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../event_content.js").StoredEvent} StoredEvent
 * @typedef {import("../event_content.js").EventField} EventField
 * @typedef {ReturnType<typeof labelledField> & { control: HTMLInputElement | HTMLTextAreaElement }} Field
 */

/** @type {readonly EventField[]} */
const FIELDS = ["title", "startsAt", "endsAt", "place", "link", "description"];

/**
 * @typedef {object} EventForm
 * @property {HTMLElement} element
 * @property {(event: StoredEvent) => void} edit
 * @property {(event: StoredEvent) => void} remove asks first
 * @property {() => boolean} isUnsaved
 * @property {() => void} dispose
 */

/** @param {MemberContext} context @returns {EventForm} */
export function eventForm({ t, stores, markTitle }) {
  const errors = errorSummary(t, markTitle);
  const fields = eventFields(t, errors);
  const heading = h("h2", {}, t("events.new"));
  const message = h("p", { class: "message", role: "status", tabindex: "-1" });
  const button = h("button", { class: "button button-primary" }, t("events.save"));
  /** @type {string | null} the event that is being changed */
  let editing = null;
  let isTyped = false;
  const isUnsaved = () => isTyped;

  /** @param {StoredEvent | null} event null: a new one */
  function show(event) {
    editing = event?.id ?? null;
    heading.textContent = t(event ? "events.change" : "events.new");
    fields.show(event);
    isTyped = false;
  }
  /** @param {() => Promise<void>} write */
  async function attempt(write) {
    button.disabled = true;
    message.textContent = await write().then(
      () => t("events.done"),
      (failure) => reasonOf(t, failure),
    );
    button.disabled = false;
    message.focus();
  }
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const content = fields.read();
    if (content) void attempt(() => stores.events.save(editing, content).then(() => show(null)));
  }
  return {
    element: h(
      "form",
      { class: "card event-form", novalidate: true, submit, input: () => (isTyped = true) },
      heading,
      errors.element,
      ...fields.elements,
      button,
      message,
    ),
    isUnsaved,
    dispose: askBeforeUnload(isUnsaved),
    edit(event) {
      if (isTyped && !confirm(t("leave.unsaved"))) return;
      show(event);
      fields.focus();
    },
    remove(event) {
      if (!confirm(t("events.confirmRemoval", { title: event.title }))) return;
      void attempt(() => stores.events.remove(event.id));
      if (editing === event.id) show(null);
    },
  };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {ReturnType<typeof errorSummary>} errors
 */
function eventFields(t, errors) {
  const fields = FIELDS.map((name) => /** @type {const} */ ([name, fieldOf(t, name)]));
  /** @type {Set<EventField>} in which somebody typed; after a press of the button, all */
  const judged = new Set();
  for (const [name, { control }] of fields) {
    control.addEventListener("input", () => judged.add(name));
    control.addEventListener("blur", () => whenReleased(() => complain(reading())));
  }
  function reading() {
    const texts = Object.fromEntries(fields.map(([name, { control }]) => [name, control.value]));
    return readEvent(/** @type {import("../event_content.js").TypedEvent} */ (texts));
  }
  /** @param {ReturnType<typeof readEvent>} read */
  function complain(read) {
    const problems = "problems" in read ? read.problems : {};
    for (const [name, field] of fields) {
      const problem = judged.has(name) && problems[name];
      field.complain(problem ? t(`event.problem.${problem}`) : "");
    }
    errors.show(fields.map(([, { fault }]) => fault()));
  }
  return {
    elements: fields.map(([, { element }]) => element),
    focus: () => fields[0][1].control.focus(),
    /** @param {StoredEvent | null} event */
    show(event) {
      for (const [name, { control }] of fields) {
        const value = event?.[name] ?? "";
        control.value = value instanceof Date ? localInput(value) : value;
      }
      judged.clear();
      complain(reading());
    },
    /** What was typed, or null after showing the problems with it. */
    read() {
      const read = reading();
      FIELDS.forEach((name) => judged.add(name));
      complain(read);
      if ("content" in read) return read.content;
      errors.focus();
      return null;
    },
  };
}

/** @param {import("../i18n/language.js").Translate} t @param {EventField} name @returns {Field} */
function fieldOf(t, name) {
  const control = controlOf(name, { id: `event-${name}`, name, autocomplete: "off" });
  return { control, ...labelledField(control, t(`event.${name}`)) };
}

/** @param {EventField} name @param {import("./dom.js").Attributes} shared */
function controlOf(name, shared) {
  if (name === "description") return h("textarea", { ...shared, rows: 5, maxlength: LONGEST.description });
  if (name === "startsAt" || name === "endsAt") {
    return h("input", { ...shared, type: "datetime-local", required: true });
  }
  const type = name === "link" ? "url" : "text";
  return h("input", { ...shared, type, maxlength: LONGEST[name], required: name === "title" });
}
