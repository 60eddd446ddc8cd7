/** The sync's page: what waits for a decision, a button to run it, its runs, pending entries and conflicts. */
import { reasonOf } from "../failures.js";
import { formatNumber } from "../formats/numbers.js";
import { card, h } from "./dom.js";
import { keepFocus } from "./focus.js";
import { heldRuns } from "./held_view.js";
import { empty, observed } from "./states.js";
import { queueTable, runsTable, total } from "./sync_tables.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/sync_store.js").Run} Run
 */

const RUNS_SHOWN = 50;
const TICK = 1000; // milliseconds

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function syncView(context) {
  const { t, stores } = context;
  const runs = observed(
    t,
    (onRuns, onError) => stores.sync.watchRuns(RUNS_SHOWN, onRuns, onError),
    (/** @type {Run[]} */ shown) => [
      stopped(context, shown),
      runsTable(context, shown),
      conflicts(context, shown),
    ],
  );
  const held = heldRuns(context);
  const queue = observed(t, stores.sync.watchPending, (entries) => [queueTable(context, entries)]);
  const element = h(
    "div",
    {},
    held.element,
    runNow(context),
    card(t("sync.queue"), queue.element),
    card(t("sync.runs"), runs.element),
  );
  const dispose = () => {
    held.dispose();
    runs.dispose();
    queue.dispose();
  };
  return { title: t("sync.title"), element, dispose };
}

/** Why the newest run was stopped: a store was set back. @param {MemberContext} context @param {Run[]} runs */
function stopped({ t }, runs) {
  const reason = runs[0]?.status === "stopped" ? runs[0].stopped : "";
  return reason
    ? h("p", { class: "message message-error", role: "alert" }, t("sync.stopped", { reason }))
    : "";
}

/** @param {MemberContext} context @param {Run[]} runs */
function conflicts(context, runs) {
  const { t } = context;
  const conflicted = runs.filter((run) => total(run, "conflicted") > 0);
  const found = conflicted.length > 0;
  return h(
    "section",
    {},
    h("h3", {}, t("sync.conflicts")),
    found ? runsTable(context, conflicted, "sync.conflicts") : empty(t("sync.noConflicts")),
    found && h("p", { class: "note" }, t("sync.conflictsNote")),
  );
}

/** The button that compares the whole register, with the time since it began. @param {MemberContext} context */
function runNow({ t, language, stores }) {
  const progress = h("progress", { hidden: true, "aria-label": t("sync.title") });
  const message = h("p", { class: "message", role: "status" });
  const button = h("button", { type: "button", class: "button button-primary", click: run }, t("sync.run"));

  async function run() {
    const begin = Date.now();
    const seconds = () => formatNumber(Math.round((Date.now() - begin) / TICK), language);
    const tick = () => {
      message.textContent = t("sync.running", { seconds: seconds() });
    };
    button.disabled = true;
    progress.hidden = false;
    const timer = setInterval(tick, TICK);
    tick();
    try {
      await stores.sync.run();
      message.textContent = t("sync.done", { seconds: seconds() });
    } catch (error) {
      const reason = reasonOf(t, /** @type {Error} */ (error));
      message.textContent = t("sync.failed", { reason });
    } finally {
      clearInterval(timer);
      button.disabled = false;
      keepFocus(button);
      progress.hidden = true;
    }
  }

  return h("div", { class: "run-now" }, button, progress, message);
}
