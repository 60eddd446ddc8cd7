/** Makes elements in one expression. Text always goes in as text, so nobody's input becomes markup. */

/**
 * @typedef {Node | string | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes
 *   a function is a listener for the event named by its key
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes] false, null and undefined leave the attribute out; true gives an empty one
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A titled part of a page. @param {string} heading @param {...Child} children */
export function card(heading, ...children) {
  return h("section", { class: "card" }, h("h2", {}, heading), ...children);
}

/** @param {[string, Child][]} rows term and description */
export function facts(rows) {
  const pairs = rows.map(([term, value]) =>
    h("div", { class: "fact" }, h("dt", {}, term), h("dd", {}, value)),
  );
  return h("dl", { class: "facts" }, ...pairs);
}

/**
 * A table; where it is narrow, the style sheet makes a card of each row. The roles stay what they are then.
 * @param {object} content
 * @param {string} content.caption
 * @param {string[]} content.columns
 * @param {Child[][]} content.rows
 */
export function table({ caption, columns, rows }) {
  const heads = columns.map((column) => h("th", { scope: "col", role: "columnheader" }, column));
  const lines = rows.map((row) => {
    const cells = row.map((cell, index) => h("td", { role: "cell", "data-label": columns[index] }, cell));
    return h("tr", { role: "row" }, ...cells);
  });
  return h(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      { role: "table" },
      h("caption", {}, caption),
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads)),
      h("tbody", { role: "rowgroup" }, ...lines),
    ),
  );
}
