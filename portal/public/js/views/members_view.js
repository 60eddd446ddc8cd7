/** The register in pages, with search and filters. */
import { DISTRICTS } from "../districts.js";
import { maskKennitala } from "../formats/kennitala.js";
import { PAGE_SIZE } from "../stores/register_store.js";
import { readSearch } from "../stores/search_terms.js";
import { STATUSES } from "../synced_fields.js";
import { h, table } from "./dom.js";
import { statusBadge } from "./member_facts.js";
import { empty, loaded } from "./states.js";

/**
 * @typedef {import("../application.js").MemberContext} MemberContext
 * @typedef {import("../stores/register_store.js").Page} Page
 * @typedef {import("../stores/register_store.js").Cursor} Cursor
 */

/** @param {MemberContext} context @returns {import("../application.js").View} */
export function membersView(context) {
  const { t } = context;
  const results = h("div", {});
  /** @type {(Cursor | null)[]} where each page begins, up to the one shown */
  let starts = [null];
  let dispose = () => {};

  function show() {
    dispose();
    const search = readSearch(field.value);
    const filter = { status: status.value, district: /** @type {any} */ (district.value) };
    const after = starts[starts.length - 1];
    const part = loaded(t, () => context.stores.register.page(search, filter, after), pageOf);
    dispose = part.dispose;
    results.replaceChildren(part.element);
  }
  /** @param {(Cursor | null)[]} pages */
  function turnTo(pages) {
    starts = pages;
    show();
  }
  /** @param {Page} page */
  function pageOf(page) {
    if (page.members.length === 0) return [empty(t("members.empty"))];
    const first = (starts.length - 1) * PAGE_SIZE + 1;
    const turns = pageTurns(t, {
      previous: starts.length > 1 ? () => turnTo(starts.slice(0, -1)) : null,
      next: page.next ? () => turnTo([...starts, page.next]) : null,
    });
    return [membersTable(context, page.members, first), turns];
  }

  const field = h("input", {
    id: "search",
    type: "search",
    autocomplete: "off",
    "aria-describedby": "search-hint",
  });
  const begin = () => turnTo([null]);
  const status = filterBy(t, "status", STATUSES, begin);
  const district = filterBy(t, "district", DISTRICTS, begin);
  const form = searchForm(t, field, [status, district], begin);
  show();
  return { title: t("members.title"), element: h("div", {}, form, results), dispose: () => dispose() };
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

/**
 * @param {import("../i18n/language.js").Translate} t
 * @param {HTMLElement} field
 * @param {HTMLElement[]} filters
 * @param {() => void} onSearch
 */
function searchForm(t, field, filters, onSearch) {
  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    onSearch();
  }
  return h(
    "form",
    { class: "search", role: "search", submit },
    h("div", { class: "field" }, h("label", { for: "search" }, t("members.search")), field),
    ...filters.map((filter) =>
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
}

/**
 * @param {MemberContext} context
 * @param {import("../stores/member_store.js").Member[]} members
 * @param {number} first the first one's number in the whole list
 */
function membersTable(context, members, first) {
  const { t } = context;
  return table({
    caption: t("members.caption", { first, last: first + members.length - 1 }),
    columns: [t("members.name"), t("members.kennitala"), t("members.email"), t("members.status")],
    rows: members.map((member) => [
      nameOf(member),
      maskKennitala(member.kennitala),
      member.profile?.email ?? "–",
      statusBadge(context, member.membership?.status),
    ]),
  });
}

/** The name, as a link if the member has a page. @param {import("../stores/member_store.js").Member} member */
function nameOf(member) {
  const id = member.membership?.djangoId;
  return id ? h("a", { href: `/admin/members/${id}` }, member.name) : member.name;
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
