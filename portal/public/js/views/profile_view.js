/** A member's own details, which change by themselves while the page is open. */
import { h } from "./dom.js";
import { profileForm } from "./profile_form.js";
import { standingCard } from "./standing_view.js";
import { failure, loading } from "./states.js";

/** @typedef {import("../stores/member_store.js").Member} Member */

/** @param {import("../application.js").MemberContext} context @returns {import("../application.js").View} */
export function profileView(context) {
  const { t, session, stores } = context;
  const element = h("div", {}, loading(t));
  /** @type {import("./profile_form.js").Form | null} */
  let form = null;
  let stop = () => {};

  /** @param {Member | null} member */
  function show(member) {
    if (member === null) return element.replaceChildren(standingCard(context, "unknown"));
    if (form === null) {
      form = profileForm(context);
      element.replaceChildren(form.element);
    }
    form.update(member);
  }
  function listen() {
    stop();
    stop = stores.member.watch(session.kennitala, show, (error) => {
      form?.dispose();
      form = null;
      element.replaceChildren(failure(t, error, listen));
    });
  }
  listen();
  const dispose = () => {
    stop();
    form?.dispose();
  };
  return { title: t("profile.title"), element, dispose, settle: async () => form?.settle() };
}
