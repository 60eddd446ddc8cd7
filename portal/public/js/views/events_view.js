/** The association's events, the next one first, always current. Staff also edit them here. */
import { safeLink } from "../event_content.js";
import { formatMinute } from "../formats/moments.js";
import { isStaff } from "../stores/session_store.js";
import { card, facts, h } from "./dom.js";
import { eventForm } from "./event_form_view.js";
import { empty, observed } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../event_content.js").StoredEvent} StoredEvent
 * @typedef {{ edit: (event: StoredEvent) => void, remove: (event: StoredEvent) => void }} Keeping
 */

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function eventsView(context) {
  const { t, session, stores } = context;
  const title = t("events.title");
  if (!session.isMember && !isStaff(session)) return { title, element: membersOnly(t) };
  const form = isStaff(session) ? eventForm(context) : null;
  const keeping = form && { edit: form.edit, remove: form.remove };
  const shown = observed(t, stores.events.watch, (/** @type {StoredEvent[]} */ events) =>
    events.length === 0
      ? [empty(t("events.none"))]
      : [h("div", { class: "cards" }, ...events.map((event) => eventCard(context, event, keeping)))],
  );
  const element = h("div", {}, shown.element, form?.element);
  const dispose = () => {
    shown.dispose();
    form?.dispose();
  };
  return { title, element, isUnsaved: form?.isUnsaved, dispose };
}

/** The front page says why somebody is no member. @param {import("../i18n/language.js").Translate} t */
function membersOnly(t) {
  return h(
    "div",
    {},
    empty(t("events.membersOnly")),
    h("p", {}, h("a", { class: "button", href: "/" }, t("standing.more"))),
  );
}

/**
 * @param {MemberContext} context
 * @param {StoredEvent} event
 * @param {Keeping | null} keeping the actions of staff; null for others
 */
function eventCard({ t, language }, event, keeping) {
  const link = safeLink(event.link);
  const rows = [
    [t("event.startsAt"), formatMinute(event.startsAt, language)],
    [t("event.endsAt"), formatMinute(event.endsAt, language)],
    ...(event.place ? [[t("event.place"), event.place]] : []),
    ...(link ? [[t("event.link"), h("a", { href: link, rel: "noopener noreferrer" }, link)]] : []),
  ];
  return card(
    event.title,
    facts(/** @type {[string, import("./dom.js").Child][]} */ (rows)),
    event.description && h("p", { class: "prose" }, event.description),
    keeping && keepingButtons(t, event, keeping),
  );
}

/** @param {import("../i18n/language.js").Translate} t @param {StoredEvent} event @param {Keeping} keeping */
function keepingButtons(t, event, keeping) {
  const button = (/** @type {"edit" | "remove"} */ action) =>
    h(
      "button",
      {
        type: "button",
        class: "button",
        "aria-label": `${t(`events.${action}`)}: ${event.title}`,
        click: () => keeping[action](event),
      },
      t(`events.${action}`),
    );
  return h("p", { class: "actions" }, button("edit"), button("remove"));
}
