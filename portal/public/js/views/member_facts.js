/** A member's facts in the form that several pages show. */
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
