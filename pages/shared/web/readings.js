// The numbers of the step that the clock shows: a table, a column a quantity and two lines a method, and the legend.

import { el, write } from "./dom.js";
import { _ } from "./language.js";
import { digits } from "./numbers.js";

/** @import { Bundle, Column } from "./bundle.js" */

// Position and loss start at step 0, everything else at step 1.
/** @param {Record<string, Column>} columns @param {string} column */
export function firstStep(columns, column) {
  return columns[`${column.split(".")[0]}.x`].length - columns[column].length;
}

// What the table can show: symbol and its class, name, help, and the columns of x and y without the run's key.
const quantities = () => [
  { symbol: "θ", style: "theta", name: _("position"), help: _("where the method stands after step t"), columns: ["x", "y"] },
  { symbol: "g", style: "g", name: _("gradient at θₜ₋₁"), help: _("slope of the loss where step t began"), columns: ["g.x", "g.y"] },
  { symbol: "s", style: "s", name: _("mean of g²"), help: _("running mean of the squared gradient; AdaGrad's is the sum"), columns: ["s.x", "s.y"] },
  { symbol: "rms", style: "rms", name: _("divisor"), help: _("what the gradient is divided by"), columns: ["rms.x", "rms.y"] },
  { symbol: "Δ", style: "delta", name: _("step"), help: _("what is subtracted from θ"), columns: ["delta.x", "delta.y"] },
  { symbol: "f", style: "f", name: _("loss"), help: _("the loss at θ"), columns: ["f"] },
];

/** @param {HTMLElement} table @param {HTMLElement} legend */
export function makeReadings(table, legend) {
  let cells = /** @type {{ node: HTMLElement, column: string }[]} */ ([]);
  let columns = /** @type {Record<string, Column>} */ ({});
  let laid = "";

  /** @param {string} column */
  function readout(column) {
    const node = el("var", { "data-column": column });
    cells.push({ node, column });
    return node;
  }

  return {
    // Laid anew only when its shape changes.
    /** @param {Bundle} bundle */
    show({ head, columns: theirs }) {
      const { runs } = head;
      columns = theirs;
      const shown = quantities().filter(({ columns: names }) => runs.some((run) => `${run.key}.${names[0]}` in columns));
      const said = [...(head.seed == null ? [] : [_("bold: seed {seed}", { seed: head.seed })])];
      const shape = JSON.stringify([shown, runs, head.variables, said, head.charts[0].lines]);
      if (shape === laid) return;
      laid = shape;
      cells = [];
      const heading = shown.map(({ symbol, style, name, help }) => el("th", { scope: "col", title: help },
        el("i", { class: `sym-${style}` }, symbol), " ", el("small", {}, name)));
      const rows = runs.filter((run) => !run.pinned).flatMap((run) => [0, 1].map((i) => {
        const title = i === 0 ? [el("th", { scope: "rowgroup", rowspan: 2 }, el("b", { class: `rms-swatch rms-${run.mark}` }), run.title)] : [];
        const values = shown.map(({ columns: names }) => {
          const name = `${run.key}.${names[i]}`;
          return el("td", {}, ...(name in columns ? [readout(name)] : []));
        });
        return el("tr", { style: `--method: var(--${run.colour})` }, ...title, el("td", { class: "rms-axis" }, head.variables[i]), ...values);
      }));
      table.replaceChildren(el("thead", {}, el("tr", {}, el("th"), el("th"), ...heading)), el("tbody", {}, ...rows));
      legend.replaceChildren(...runs.map((run) => {
        const height = `${run.key}.loss` in columns ? ["f − f* = ", readout(`${run.key}.loss`)] : ["f = ", readout(`${run.key}.f`)];
        const value = el("em", {}, ...height);
        return el("span", { class: run.pinned ? "rms-pinned" : "", style: `--method: var(--${run.colour})` }, el("b", { class: `rms-swatch rms-${run.mark}` }), run.title, value);
      }), ...said.map((text) => el("small", {}, text)));
    },
    /** @param {number} t */
    draw(t) {
      for (const { node, column } of cells) {
        const values = columns[column];
        const i = Math.min(t - firstStep(columns, column), values.length - 1);
        const text = i < 0 ? "–" : digits(values[i]);
        write(node, text);
        node.title = i < 0 ? "" : String(values[i]);
      }
    },
  };
}
