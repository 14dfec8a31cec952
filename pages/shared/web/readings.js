// The numbers of the step that the clock shows: a table, a column a quantity and two lines a method, and the legend.

import { el } from "./dom.js";
import { digits } from "./numbers.js";

// Position and loss start at step 0, everything else at step 1.
export function firstStep(columns, column) {
  return columns[`${column.split(".")[0]}.x`].length - columns[column].length;
}

export function makeReadings(table, legend) {
  let cells = [];
  let columns = {};
  let laid = "";

  function readout(column) {
    const node = el("var", { "data-column": column });
    cells.push({ node, column });
    return node;
  }

  return {
    // Laid anew only when its shape changes.
    lay(head, words, runs, theirs) {
      columns = theirs;
      const shown = words.numbers.filter(({ columns: names }) => runs.some((run) => `${run.key}.${names[0]}` in columns));
      const said = [...(head.seed == null ? [] : [words.bold.replace("{seed}", head.seed)]), ...(head.ghosts?.length ? [words.pinned] : [])];
      const shape = JSON.stringify([shown, head.runs, head.variables, said, head.charts[0].lines]);
      if (shape === laid) return;
      laid = shape;
      cells = [];
      const heading = shown.map(({ symbol, name, help }) => el("th", { scope: "col", title: help },
        el("i", { class: `sym-${symbol.class}` }, symbol.text), " ", el("small", {}, name)));
      const rows = runs.flatMap((run) => [0, 1].map((i) => {
        const title = i === 0 ? [el("th", { scope: "rowgroup", rowspan: 2 }, el("b", { class: `rms-swatch rms-${run.mark}` }), run.title)] : [];
        const values = shown.map(({ columns: names }) => {
          const name = names[i] && `${run.key}.${names[i]}`;
          return el("td", {}, ...(name in columns ? [readout(name)] : []));
        });
        return el("tr", { style: `--method: var(--${run.key})` }, ...title, el("td", { class: "rms-axis" }, head.variables[i]), ...values);
      }));
      table.replaceChildren(el("thead", {}, el("tr", {}, el("th"), el("th"), ...heading)), el("tbody", {}, ...rows));
      legend.replaceChildren(...runs.map((run) => {
        const height = `${run.key}.loss` in columns ? ["f − f* = ", readout(`${run.key}.loss`)] : ["f = ", readout(`${run.key}.f`)];
        const value = el("em", {}, ...height);
        return el("span", { style: `--method: var(--${run.key})` }, el("b", { class: `rms-swatch rms-${run.mark}` }), run.title, value);
      }), ...said.map((text) => el("small", {}, text)));
    },
    write(t) {
      for (const { node, column } of cells) {
        const values = columns[column];
        const i = Math.min(t - firstStep(columns, column), values.length - 1);
        const text = i < 0 ? "–" : digits(values[i]);
        if (node.textContent !== text) node.textContent = text;
        node.title = i < 0 ? "" : String(values[i]);
      }
    },
  };
}
