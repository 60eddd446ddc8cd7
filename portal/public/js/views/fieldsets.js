/** How the fields of a member's form are grouped. */
import { h } from "./dom.js";

/** @typedef {readonly [import("../i18n/language.js").Phrase, readonly string[]]} Group heading and paths */

/** @type {readonly Group[]} */
export const MEMBER_GROUPS = [
  ["profile.contact", ["profile.email", "profile.phone"]],
  ["profile.address", ["profile.address.street", "profile.address.postalcode", "profile.address.city"]],
  ["profile.about", ["profile.gender", "profile.housingSituation"]],
  ["profile.consent", ["profile.reachable", "profile.groupable"]],
];

/** @type {readonly Group[]} */
export const STAFF_GROUPS = [["profile.register", ["name", "profile.birthday"]], ...MEMBER_GROUPS];

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
