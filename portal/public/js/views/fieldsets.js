/** Groups the fields of a member's form, by the field map and in its order. */
import { CONTACT_FIELDS } from "../contact_fields.js";
import { SYNCED_FIELDS } from "../synced_fields.js";
import { h } from "./dom.js";

/** @typedef {readonly [import("../i18n/language.js").Phrase, readonly string[]]} Group heading and paths */

/** @type {readonly Group[]} */
export const MEMBER_GROUPS = grouped(CONTACT_FIELDS);

/** @type {readonly Group[]} */
export const STAFF_GROUPS = grouped(SYNCED_FIELDS);

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {readonly Group[]} groups
 * @param {ReadonlyMap<string, import("./contact_field_view.js").FieldView>} fields by path
 */
export function fieldsets(t, groups, fields) {
  return groups.map(([heading, paths]) => {
    const parts = paths.map((path) => fields.get(path)?.element);
    return h("fieldset", { class: "card" }, h("legend", {}, t(heading)), ...parts);
  });
}

/** @param {readonly import("../contact_fields.js").ContactField[]} fields @returns {Group[]} */
function grouped(fields) {
  const headings = [...new Set(fields.map(({ group }) => group))];
  return headings.map((heading) => {
    const paths = fields.filter(({ group }) => group === heading).map(({ path }) => path);
    return [/** @type {any} */ (`profile.${heading}`), paths];
  });
}
