/** One field of a member's form: label, input, and the error if the typed value is wrong. */
import { readInput, showValue } from "../contact_fields.js";
import { h } from "./dom.js";
import { labelledField } from "./labelled_field.js";
import { whenReleased } from "./press.js";

/**
 * @typedef {import("../contact_fields.js").ContactField} ContactField
 * @typedef {import("../contact_fields.js").FieldValue} FieldValue
 * @typedef {HTMLInputElement | HTMLSelectElement} Control
 *
 * @typedef {object} FieldView
 * @property {HTMLElement} element
 * @property {(value: FieldValue | undefined) => void} show show the member document's value
 * @property {(typed: string | boolean) => void} type put in what a person typed before the page was loaded again
 * @property {() => void} mark say what is wrong with what was typed, if anything is
 * @property {() => void} refuse say that the register does not take what was typed
 * @property {() => boolean} isMarked whether it says that something is wrong
 * @property {() => import("./error_summary.js").Fault | null} fault what it says, if anything
 * @property {() => boolean} isWrong whether what was typed cannot be stored
 * @property {() => boolean} isBeingEdited whether its content must not be replaced
 */

/** @type {Record<string, import("./dom.js").Attributes>} */
const INPUTS = {
  email: { type: "email", autocomplete: "email", inputmode: "email", spellcheck: "false" },
  phone: { type: "tel", autocomplete: "tel" },
  postalcode: { autocomplete: "postal-code" },
  date: { type: "date" },
  text: {},
  boolean: { type: "checkbox" },
};
/** What a browser may fill in. `street-address` would be for several lines. @type {Record<string, string>} */
const AUTOCOMPLETE = { "profile.address.street": "address-line1", "profile.address.city": "address-level2" };

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {ContactField} field
 * @param {(reading: import("../contact_fields.js").Reading, typed: string | boolean) => void} onInput
 * @param {"own" | "another's"} whose so that the browser does not offer staff their own address in another's form
 * @returns {FieldView}
 */
export function contactFieldView(t, field, onInput, whose = "own") {
  const id = field.path.replaceAll(".", "-");
  const control = field.type === "choice" ? select(t, field, id) : input(field, id, whose);
  const label = t(/** @type {any} */ (`field.${field.path}`));
  const form = { kind: field.type, labelLast: field.type === "boolean" };
  const { element, complain, fault } = labelledField(control, label, form);

  const isMarked = () => fault() !== null;
  /** @type {import("../contact_fields.js").Problem | null} */
  let problem = null;

  function read() {
    const reading = readingOf(field, control);
    problem = "problem" in reading ? reading.problem : null;
    if (problem === null || isMarked()) mark();
    onInput(reading, typed(control));
  }
  function mark() {
    complain(problem === null ? "" : t(`problem.${problem}`));
  }
  control.addEventListener(field.type === "choice" || field.type === "boolean" ? "change" : "input", read);
  // Nobody is told that an address is wrong while they type its beginning.
  control.addEventListener("blur", () => whenReleased(mark));

  return {
    element,
    show: (value) => put(control, showValue(field, value)),
    type(text) {
      put(control, text);
      read();
      mark();
    },
    mark,
    refuse: () => complain(t("problem.refused")),
    isMarked,
    fault,
    isWrong: () => problem !== null,
    isBeingEdited: () => problem !== null || document.activeElement === control,
  };
}

/** Half a date has no value, but it is not empty. @param {ContactField} field @param {Control} control */
function readingOf(field, control) {
  return control.validity.badInput
    ? { problem: /** @type {import("../contact_fields.js").Problem} */ (field.type) }
    : readInput(field, typed(control));
}

/** @param {ContactField} field @param {string} id @param {"own" | "another's"} whose */
function input(field, id, whose) {
  const autocomplete = whose === "own" ? AUTOCOMPLETE[field.path] : "off";
  return h("input", {
    id,
    name: field.path,
    maxlength: field.longest,
    required: field.required,
    ...INPUTS[field.type],
    ...(autocomplete && { autocomplete }),
  });
}

/** @param {import("../i18n/language.js").Translate} t @param {ContactField} field @param {string} id */
function select(t, field, id) {
  const key = field.path.replace("profile.", "choice.");
  const options = field.choices?.map((choice) =>
    h("option", { value: choice }, t(/** @type {any} */ (`${key}.${choice}`))),
  );
  return h("select", { id, name: field.path }, ...(options ?? []));
}

/** @param {Control} control */
function typed(control) {
  return control instanceof HTMLInputElement && control.type === "checkbox" ? control.checked : control.value;
}

/** @param {Control} control @param {string | boolean} value */
function put(control, value) {
  if (typeof value === "boolean") /** @type {HTMLInputElement} */ (control).checked = value;
  else control.value = value;
}
