/** Tells what somebody else wrote into fields in which the member is typing. */
import { CONTACT_FIELDS } from "../contact_fields.js";
import { h } from "./dom.js";
import { spoken } from "./member_facts.js";

/** @param {import("../application.js").MemberContext} context */
export function newerValues(context) {
  const { t } = context;
  const element = h("p", { class: "field-problem", role: "alert" });
  /** @type {Record<string, any>} */
  let told = {};
  /** @param {import("../contact_fields.js").ContactField} field */
  const words = (field) =>
    `${t(/** @type {any} */ (`field.${field.path}`))} (${spoken(context, field, told[field.path])})`;
  return {
    element,
    /** @param {Record<string, unknown>} values by path */
    tell(values) {
      told = { ...told, ...values };
      const fields = CONTACT_FIELDS.filter(({ path }) => path in told).map(words);
      element.textContent = t("detail.overtaken", { fields: fields.join(", ") });
      return values;
    },
    clear() {
      told = {};
      element.textContent = "";
    },
  };
}
