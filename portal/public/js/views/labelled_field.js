/** A control with its label, and a place for an error message about the typed value. */
import { h } from "./dom.js";

/**
 * @param {HTMLElement} control which has an id
 * @param {string} text of the label
 * @param {{ kind?: string, labelLast?: boolean }} [form] kind: for the style sheet
 * @returns {{ element: HTMLElement, complain: (text: string) => void,
 *   fault: () => import("./error_summary.js").Fault | null }} `complain` with "" clears the message
 */
export function labelledField(control, text, { kind, labelLast = false } = {}) {
  const problem = h("p", { class: "field-problem", id: `${control.id}-problem` });
  control.setAttribute("aria-describedby", problem.id);
  const label = h("label", { for: control.id }, text);
  const parts = labelLast ? [control, label] : [label, control];
  return {
    element: h("div", { class: kind ? `field field-${kind}` : "field" }, ...parts, problem),
    complain(complaint) {
      control.setAttribute("aria-invalid", String(complaint !== ""));
      problem.textContent = complaint;
    },
    fault: () => (problem.textContent ? { control, label: text, text: problem.textContent } : null),
  };
}
