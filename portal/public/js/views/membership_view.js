/** Membership verification: asks the register now and shows the answer. */
import { h } from "./dom.js";
import { keepFocus } from "./focus.js";
import { standingCard } from "./standing_view.js";
import { failure } from "./states.js";

/** @param {import("../application.js").MemberContext} context @returns {import("../application.js").View} */
export function membershipView(context) {
  const { t, stores } = context;
  const result = h("div", { "aria-live": "polite" });
  const button = h(
    "button",
    { type: "button", class: "button button-primary", click: verify },
    t("membership.button"),
  );

  async function verify() {
    button.disabled = true;
    result.replaceChildren(h("p", {}, t("membership.busy")));
    try {
      result.replaceChildren(verdict(context, await stores.session.verifyMembership()));
    } catch (error) {
      result.replaceChildren(failure(t, /** @type {Error} */ (error), verify));
    }
    button.disabled = false;
    keepFocus(button);
  }

  const element = h(
    "div",
    { class: "narrow" },
    h("p", { class: "lead" }, t("membership.lead")),
    button,
    result,
  );
  return { title: t("membership.title"), element };
}

/**
 * @param {import("../application.js").MemberContext} context
 * @param {import("../stores/session_store.js").Membership} membership
 */
function verdict(context, { status, verified, kennitala }) {
  const { t } = context;
  const number = h("p", {}, `${t("membership.kennitala")} ${kennitala}`);
  if (status !== "active") return h("div", { class: "verdict-no" }, number, standingCard(context, status));
  return h(
    "div",
    { class: "verdict verdict-yes" },
    h("p", { class: "verdict-text" }, t("membership.member")),
    number,
    verified && h("p", {}, t("membership.verified")),
  );
}
