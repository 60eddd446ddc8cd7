/** The register in pages, with search and filters, all of which stand in the address. */
import { DISTRICTS } from "../districts.js";
import { formatNumber } from "../formats/numbers.js";
import { readList, writeList } from "../list_address.js";
import { PAGE_SIZE } from "../stores/register_store.js";
import { STATUSES } from "../synced_fields.js";
import { h, table } from "./dom.js";
import { statusBadge } from "./member_facts.js";
import { empty, loaded } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../list_address.js").ListState} ListState
 * @typedef {import("../stores/register_store.js").Page} Page
 * @typedef {import("../stores/register_store.js").FoundMember} FoundMember
 */

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function membersView(context) {
  const { t, router, stores } = context;
  const results = h("div", {});
  const told = h("p", { class: "unseen", role: "status" });
  const form = searchForm(t, begin);
  let state = readList(location.search, stores.searchWords.of(history.state?.search));
  let dispose = () => {};

  /** @param {boolean} [isTurned] whether the person went to another page, whose beginning gets the focus */
  function show(isTurned = false) {
    dispose();
    const { typed, status, district, page } = state;
    const search = { text: typed, status, district: /** @type {any} */ (district), page };
    const load = () => stores.register.page(search).catch(unreachable);
    const part = loaded(t, load, (/** @type {Page | null} */ found) => {
      const [list, ...rest] = found ? pageOf(context, found, page, turnTo) : [empty(t("members.limited"))];
      told.textContent = toldOf(context, found, page);
      if (isTurned) queueMicrotask(() => list.focus());
      return [list, ...rest];
    });
    dispose = part.dispose;
    results.replaceChildren(part.element);
  }
  /** @param {ListState} next */
  function change(next) {
    state = next;
    const search = stores.searchWords.keep(state.typed);
    router.note(location.pathname + writeList(state), { ...history.state, search });
  }
  function begin() {
    change({ ...form.read(), page: 1 });
    show();
  }
  /** @param {number} page */
  function turnTo(page) {
    change({ ...state, page });
    show(true);
  }
  form.write(state);
  show();
  const element = h("div", {}, form.element, told, results);
  return { title: t("members.title"), element, dispose: () => dispose() };
}

/**
 * @param {MemberContext} context
 * @param {Page} found
 * @param {number} page
 * @param {(page: number) => void} turnTo
 * @returns {HTMLElement[]}
 */
function pageOf(context, found, page, turnTo) {
  const { t } = context;
  const isLast = (page - 1) * PAGE_SIZE + found.members.length >= found.total;
  const list = found.members.length > 0 ? membersTable(context, found, page) : empty(t("members.empty"));
  list.tabIndex = 0;
  const turns = pageTurns(t, {
    previous: page > 1 ? () => turnTo(page - 1) : null,
    next: isLast ? null : () => turnTo(page + 1),
  });
  const limited = found.limited ? [h("p", { class: "note" }, t("members.limited"))] : [];
  return page > 1 || !isLast ? [list, turns] : [list, ...limited];
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {() => void} onSearch
 */
function searchForm(t, onSearch) {
  const field = h("input", {
    id: "search",
    type: "search",
    autocomplete: "off",
    "aria-describedby": "search-hint",
  });
  const status = filterBy(t, "status", STATUSES, onSearch);
  const district = filterBy(t, "district", DISTRICTS, onSearch);
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    onSearch();
  }
  const element = h(
    "form",
    { class: "search", role: "search", submit },
    h("div", { class: "field" }, h("label", { for: "search" }, t("members.search")), field),
    ...[status, district].map((filter) =>
      h(
        "div",
        { class: "field" },
        h("label", { for: filter.id }, t(/** @type {any} */ (`members.${filter.id}`))),
        filter,
      ),
    ),
    h("button", { class: "button button-primary" }, t("members.search")),
    h("p", { class: "note", id: "search-hint" }, t("members.searchHint")),
  );
  return {
    element,
    read: () => ({ typed: field.value.trim(), status: status.value, district: district.value }),
    /** @param {ListState} state */
    write(state) {
      field.value = state.typed;
      status.value = state.status;
      district.value = state.district;
    },
  };
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {"status" | "district"} of
 * @param {readonly string[]} choices
 * @param {() => void} onChange
 */
function filterBy(t, of, choices, onChange) {
  const options = choices.map((choice) =>
    h("option", { value: choice }, t(/** @type {any} */ (`${of}.${choice}`))),
  );
  const all = h("option", { value: "" }, t(`members.${of}.all`));
  return h("select", { id: of, change: onChange }, all, ...options);
}

/** @param {MemberContext} context @param {Page} found @param {number} page */
function membersTable(context, found, page) {
  const { t } = context;
  return table({
    caption: captionOf(context, found, page),
    columns: [t("members.name"), t("members.kennitala"), t("members.email"), t("members.status")],
    rows: found.members.map((member) => [
      nameOf(member),
      member.kennitala,
      member.email || "–",
      statusBadge(context, member.status),
    ]),
  });
}

/** What a screen reader hears. @param {MemberContext} context @param {Page | null} found @param {number} page */
function toldOf(context, found, page) {
  const limited = found && !found.limited ? "" : context.t("members.limited");
  return [limited, found ? captionOf(context, found, page) : ""].join(" ").trim();
}

/** Which of the members these are. @param {MemberContext} context @param {Page} found @param {number} page */
function captionOf({ t, language }, { members, total }, page) {
  if (members.length === 0) return t("members.empty");
  const before = (page - 1) * PAGE_SIZE;
  const counted = [before + 1, before + members.length, total];
  const [first, last, all] = counted.map((each) => formatNumber(each, language));
  return t("members.caption", { first, last, total: all });
}

/**
 * @param {Error & { code?: string }} error
 * @returns {null} the register cannot be reached, and what was typed is no whole kennitala
 * @throws {Error} any other
 */
function unreachable(error) {
  if (error.code === "UNAVAILABLE") return null;
  throw error;
}

/** The name, as a link if the member has a page. @param {FoundMember} member */
function nameOf({ djangoId, name }) {
  return djangoId ? h("a", { href: `/admin/members/${djangoId}` }, name) : name;
}

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {{ previous: (() => void) | null, next: (() => void) | null }} turns null: there is no such page
 */
function pageTurns(t, { previous, next }) {
  return h(
    "nav",
    { class: "pages", "aria-label": t("members.pages") },
    h(
      "button",
      { type: "button", class: "button", disabled: !previous, click: previous },
      t("members.previous"),
    ),
    h("button", { type: "button", class: "button", disabled: !next, click: next }, t("members.next")),
  );
}
