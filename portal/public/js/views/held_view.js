/** What waits for a person's decision: who would be deleted, and for superusers the two answers. */
import { reasonOf } from "../failures.js";
import { formatTime } from "../formats/moments.js";
import { formatNumber } from "../formats/numbers.js";
import { wantsLogIn } from "../recent.js";
import { card, facts, h, table } from "./dom.js";
import { keepFocusOnPage } from "./focus.js";
import { logInAgain } from "./log_in_again.js";
import { observed } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/sync_store.js").HeldRun} HeldRun
 */

/** @param {MemberContext} context @returns {import("./states.js").Observed} empty while nothing waits */
export function heldRuns(context) {
  const { t, stores } = context;
  return observed(t, stores.sync.watchHeld, (/** @type {HeldRun[]} */ runs) =>
    runs.map((run) => heldRun(context, run)),
  );
}

/** @param {MemberContext} context @param {HeldRun} run */
function heldRun(context, run) {
  const { t, language, session } = context;
  const members = run.members ?? [];
  const left = run.count - members.length;
  const section = card(
    t("held.title"),
    h("p", { class: "lead" }, t("held.lead", { count: formatNumber(run.count, language) })),
    facts([
      [t("held.since"), formatTime(run.createdAt?.toDate?.(), language)],
      [t("held.until"), formatTime(run.validUntil?.toDate?.(), language)],
    ]),
    membersTable(context, members),
    left > 0 && h("p", { class: "note" }, t("held.more", { count: formatNumber(left, language) })),
    session.roles.includes("superuser") ? answers(context, run) : h("p", { class: "note" }, t("held.whoMay")),
  );
  section.id = "held-run";
  return section;
}

/** @param {MemberContext} context @param {Record<string, string>[]} members */
function membersTable({ t }, members) {
  return table({
    caption: t("held.members"),
    columns: [t("members.name"), t("members.kennitala"), t("held.deletedIn")],
    rows: members.map((member) => [
      member.name || "–",
      member.kennitala,
      t(member.deletedIn === "firestore" ? "held.inPortal" : "held.inRegister"),
    ]),
  });
}

/** @param {MemberContext} context @param {HeldRun} run */
function answers(context, run) {
  const { t, language, stores } = context;
  const message = h("p", { class: "message", role: "status" });
  const agreed = h("input", { type: "checkbox", id: "held-agreed", change: () => enable() });
  const release = button("button-primary", "held.release", "released");
  const refuse = button("", "held.refuse", "refused");

  /** @param {string} look @param {"held.release" | "held.refuse"} phrase @param {"released" | "refused"} decision */
  function button(look, phrase, decision) {
    const classes = `button ${look}`.trim();
    return h("button", { type: "button", class: classes, click: () => decide(decision) }, t(phrase));
  }
  function enable(busy = false) {
    release.disabled = busy || !agreed.checked;
    refuse.disabled = busy;
  }
  /** @param {"released" | "refused"} decision */
  async function decide(decision) {
    enable(true);
    message.textContent = t("held.busy");
    try {
      await stores.sync.decide(run, decision);
      keepFocusOnPage();
    } catch (error) {
      const failure = /** @type {import("../stores/function_calls.js").FunctionError} */ (error);
      const reason = reasonOf(t, failure, { FAILED_PRECONDITION: "held.changed" });
      message.replaceChildren(
        ...(wantsLogIn(failure) ? logInAgain(context) : [t("held.failed", { reason })]),
      );
      enable();
    }
  }
  enable();
  const label = h(
    "label",
    { for: "held-agreed" },
    agreed,
    " ",
    t("held.agree", { count: formatNumber(run.count, language) }),
  );
  return h("div", { class: "held-answers" }, label, h("p", { class: "actions" }, release, refuse), message);
}
