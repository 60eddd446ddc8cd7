/** One member's page for staff, to read and edit. The member's own edits appear while the page is open. */
import { CONTACT_FIELDS, valueAt } from "../contact_fields.js";
import { districtOf } from "../districts.js";
import { formatTime } from "../formats/moments.js";
import { isSuperuser } from "../stores/session_store.js";
import { SYNCED_FIELDS } from "../synced_fields.js";
import { card, facts, h } from "./dom.js";
import { memberEdit } from "./member_edit_view.js";
import { registerFacts, spoken } from "./member_facts.js";
import { empty, observed } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/member_store.js").Member} Member
 */

const LIST = "/admin/members";

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function memberDetailView(context) {
  const { t, params, stores } = context;
  const edit = memberEdit(context);
  const shown = observed(
    t,
    (onMember, onError) => stores.register.watch(Number(params.djangoId), onMember, onError),
    (/** @type {Member | null} */ member) => {
      edit.update(member);
      return member ? detail(context, member) : [empty(t("detail.unknown"))];
    },
  );
  const roles = isSuperuser(context.session) && [
    " · ",
    h("a", { href: `/admin/roles/${encodeURIComponent(params.djangoId)}` }, t("detail.roles")),
  ];
  const back = h("p", {}, backToList(t), ...(roles || []), ...pageInAdmin(context));
  const dispose = () => {
    shown.dispose();
    edit.dispose();
  };
  const element = h("div", {}, back, shown.element, edit.element);
  return { title: t("detail.title"), element, isUnsaved: edit.isUnsaved, dispose };
}

/** @param {MemberContext} context */
function pageInAdmin({ t, admin, params }) {
  const page = `${admin}membership/comrade/${encodeURIComponent(params.djangoId)}/change/`;
  return admin ? [" · ", h("a", { href: page }, t("detail.admin"))] : [];
}

/** To the list as it was left, if the person comes from there. @param {import("../i18n/language.js").Translate} t */
function backToList(t) {
  const from = String(history.state?.from ?? "");
  const isFromList = from.split("?")[0] === LIST;
  /** @param {Event} event */
  function click(event) {
    event.preventDefault();
    history.back();
  }
  return h("a", isFromList ? { href: from, click } : { href: LIST }, t("detail.back"));
}

/** @param {MemberContext} context @param {Member} member */
function detail(context, member) {
  const { t, language } = context;
  const district = districtOf(member.profile?.address?.postalcode);
  const office = [
    ...registerFacts(context, member, "masked"),
    [t("members.district"), district ? t(`district.${district}`) : "–"],
    [t("detail.verified"), t(member.verified ? "detail.yes" : "detail.no")],
    [t("detail.updated"), formatTime(member.updatedAt?.toDate?.(), language)],
  ];
  const contact = CONTACT_FIELDS.map((field) => [
    t(/** @type {any} */ (`field.${field.path}`)),
    spoken(context, field, valueAt(member, field.path)),
  ]);
  return [
    h(
      "div",
      { class: "cards" },
      card(t("profile.register"), facts(/** @type {[string, string][]} */ (office))),
      card(t("profile.contact"), facts(/** @type {[string, string][]} */ (contact))),
      ...resting(context, member),
    ),
  ];
}

/**
 * The fields that are not synced now, because no field takes the value; the sync says why in the document.
 * @param {MemberContext} context
 * @param {Member} member
 */
function resting({ t }, member) {
  const rows = Object.entries(member.sync?.resting ?? {}).map(([path, reason]) => {
    const isNamed = SYNCED_FIELDS.some((field) => field.path === path);
    return /** @type {[string, string]} */ ([
      isNamed ? t(/** @type {any} */ (`field.${path}`)) : path,
      String(reason),
    ]);
  });
  return rows.length > 0 ? [card(t("detail.resting"), facts(rows))] : [];
}
