/** A member's facts in the form that several pages show. */
import { showValue } from "../contact_fields.js";
import { formatKennitala, maskKennitala } from "../formats/kennitala.js";
import { formatDate } from "../formats/moments.js";
import { STATUSES } from "../synced_fields.js";
import { h } from "./dom.js";

/**
 * @typedef {import("../stores/member_store.js").Member} Member
 * @typedef {import("../application.js").Context} Context
 */

/** @param {Context} context @param {string | undefined} status */
export function statusBadge({ t }, status) {
  const known = STATUSES.find((name) => name === status) ?? "unknown";
  return h("span", { class: `badge badge-${known}` }, t(`status.${known}`));
}

/**
 * The facts that only the office edits.
 * @param {Context} context
 * @param {Member} member
 * @param {"own" | "masked"} kennitala
 * @returns {[string, import("./dom.js").Child][]}
 */
export function registerFacts(context, member, kennitala) {
  const { t, language } = context;
  const shown = kennitala === "own" ? formatKennitala(member.kennitala) : maskKennitala(member.kennitala);
  return [
    [t("profile.name"), h("span", { "data-field": "name" }, member.name ?? "–")],
    [t("profile.kennitala"), shown],
    [t("profile.birthday"), formatDate(member.profile?.birthday, language)],
    [t("dashboard.status"), statusBadge(context, member.membership?.status)],
    [t("profile.joined"), formatDate(member.membership?.joined, language)],
    [t("profile.djangoId"), String(member.membership?.djangoId ?? "–")],
  ];
}

/**
 * One field's value in words.
 * @param {Context} context
 * @param {import("../contact_fields.js").ContactField} field
 * @param {import("../contact_fields.js").FieldValue | undefined} value
 */
export function spoken({ t }, field, value) {
  if (field.type === "boolean") return t(value ? "detail.yes" : "detail.no");
  const shown = String(showValue(field, value));
  if (!field.choices?.includes(shown)) return shown || "–";
  return t(/** @type {any} */ (`${field.path.replace("profile.", "choice.")}.${shown}`));
}
