// The walk through one update, on the player's clock: formulas in symbols and numbers, beat by beat; the picture of the
// step; the code that ran; the memory lens; fill in the number. head.walk is made by pages/step_by_step/walk.py.

import { el, find } from "../../shared/web/dom.js";
import { figures } from "../../shared/web/numbers.js";
import { breakable, formula, numbersOf, writeNumber } from "./formula.js";
import { makeLens, remembered } from "./lens.js";
import { makeQuiz } from "./quiz.js";
import { makeStepPanel } from "./steptext.js";
import { makeTimeline } from "./timeline.js";

/** @import { FormulaLine, Walk } from "pages/step_by_step/head.py" */
/** @import { Bundle } from "../../shared/web/bundle.js" */
/** @import { Stage, View } from "../../shared/web/player.js" */
/** @import { Cell } from "./formula.js" */

/** @typedef {"beat" | "whole" | "code" | "memory" | "quiz"} Panel */

/** @type {Panel[]} */
const PANELS = ["beat", "whole", "code", "memory", "quiz"];

/** @param {Stage} stage @returns {View} */
export function makeWalk(stage) {
  const { frame, theme, move, send } = stage;
  /** @type {Bundle} */
  let bundle;
  /** @type {Walk} */
  let walk;
  /** @type {Record<string, string>} */
  let words = {};
  /** @type {string[]} */
  let variables = [];
  let t = 0;
  let beat = 0;
  /** @type {Panel} */
  let panel = "beat";
  /** @type {Record<Panel, Cell[]>} */
  const cells = { beat: [], whole: [], code: [], memory: [], quiz: [] };

  // ---- parts --------------------------------------------------------------------------------------------------
  frame.classList.add("rms-stepwise");
  const picture = makeStepPanel(stage);
  const timeline = makeTimeline(frame, move);
  const beats = el("div", { class: "rms-beats", role: "group" });
  const tabs = el("div", { class: "rms-panels", role: "group" });
  const body = (/** @type {Panel} */ name) => el("div", { class: `rms-panel rms-panel-${name}` });
  const bodies = { beat: body("beat"), whole: body("whole"), code: body("code"), memory: body("memory"), quiz: body("quiz") };
  const section = el("section", { class: "rms-walk", tabindex: 0 }, el("div", { class: "rms-walk-head" }, beats, tabs), ...Object.values(bodies));
  find(frame, ".rms-transport").after(timeline.node, section);
  const exact = el("div", { class: "rms-exact", role: "tooltip" });
  frame.append(exact);
  /** @type {ReturnType<typeof makeLens> | null} */
  let lens = null;
  const quiz = makeQuiz({ send: (answer) => send("answer", answer), changed: () => draw(t) });
  bodies.quiz.append(quiz.node);

  // ---- numbers ------------------------------------------------------------------------------------------------
  // A quantity of a run at step t, now or before. "here" is the other method's step from this one's point: its velocity
  // begins at 0.
  /** @param {string} run @param {string} q @param {string} when @param {number} i @param {number} [at] */
  function value(run, q, when, i, at = t) {
    const row = when === "before" ? at - 1 : at;
    if (q === "t") return at;
    const axis = "xy"[i];
    const { columns } = bundle;
    if (q === "lr" && `${run}.lr.x` in columns) return columns[`${run}.lr.x`][row - 1]; // it follows a schedule
    if (q in walk.hypers) return ((run === "here" && walk.beside) || walk).hypers[q];
    if (run === "here") {
      if (when === "now" && q !== "g") return columns[`here.${q}.${axis}`][row - 1];
      if (q === "v") return 0;
    }
    if (q === "theta") return columns[`${walk.method}.${axis}`][row];
    if (row === 0) return walk.start[q]?.[i] ?? NaN;
    return columns[`${walk.method}.${q}.${axis}`][row - 1];
  }

  // The step whose numbers are on show: a run that ended early rests at its last.
  const step = () => Math.min(t, walk.steps);

  /** @param {Panel} name */
  function refresh(name) {
    for (const cell of cells[name]) {
      const own = cell.when === "now" && cell.run === walk.method;
      writeNumber(cell, value(cell.run, cell.q, cell.when, cell.i, step()), own && quiz.hides(cell.q, cell.i));
    }
  }

  /** @param {Event} event */
  function pointed({ target }) {
    const node = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("mn[data-q], [data-exact]"));
    const cell = node && cells[panel].find((c) => c.node === node);
    const text = node?.dataset.exact ?? (cell && cell.node.textContent !== "?" ? String(cell.value) : "");
    exact.textContent = text.replaceAll("-", "−");
    exact.classList.toggle("rms-on", text !== "");
    if (!node || !text) return;
    const [box, around] = [node.getBoundingClientRect(), frame.getBoundingClientRect()];
    exact.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - exact.offsetWidth))}px`;
    exact.style.top = `${box.top - around.top - exact.offsetHeight - 4}px`;
  }

  // ---- laying out ---------------------------------------------------------------------------------------------
  /** @param {FormulaLine} line @param {string} run @param {Panel} name */
  function lineOf(line, run, name) {
    const numbers = line.numbers.map((mathml, i) => {
      const node = breakable(formula(el("div", { class: "rms-numeric" }), mathml));
      cells[name].push(...numbersOf(node, run));
      return el("div", { class: "rms-coordinate" }, el("b", {}, variables[i]), node);
    });
    return el("div", { class: "rms-line", "data-q": line.q }, formula(el("div", { class: "rms-symbols" }), line.symbols), ...numbers);
  }

  /** @param {Panel} name */
  function linesBeside(name) {
    const { beside } = walk;
    if (!beside) return [];
    const { mark, colour } = bundle.head.runs.find((run) => run.key === beside.method) ?? bundle.head.runs[0];
    const heading = el("h4", {}, el("b", { class: `rms-swatch rms-${mark}` }), beside.note);
    return [el("div", { class: "rms-beside", style: `--method: var(--${colour})` }, heading, ...beside.lines.map((line) => lineOf(line, "here", name)))];
  }

  const heading = (/** @type {number} */ k) => el("p", { class: "rms-caption" }, walk.beats[k].caption);

  // A line that is a little too wide is set smaller; one that is wider gets rows of its own for x and y, in which it may
  // break before its result. Both last until it is laid anew. After a frame's other work: what is asked of the layout here
  // is what the browser is about to paint, and it is asked again only where something had to give way.
  const least = (/** @type {HTMLElement} */ body) => (body === bodies.beat ? 14.5 : 12.5); // px, below which a line rather takes more rows
  let fitting = 0;
  /** @param {HTMLElement} body */
  function fit(body) {
    cancelAnimationFrame(fitting);
    fitting = requestAnimationFrame(() => {
      const nodes = /** @type {HTMLElement[]} */ ([...body.querySelectorAll(".rms-numeric, .rms-symbols, .rms-because > *")]);
      for (let tries = 0; tries < 8; tries++) {
        const tight = nodes.map((node) => ({ node, room: node.clientWidth, wide: node.scrollWidth })).filter(({ room, wide }) => room && wide > room);
        if (!tight.length) return;
        const sized = tight.map(({ node, room, wide }) => ({ node, size: (parseFloat(getComputedStyle(node).fontSize) * room) / wide - 0.2 }));
        const long = new Set(sized.map(({ node, size }) => (size < least(body) ? node.closest(".rms-line:not(.rms-long)") : null)));
        long.delete(null);
        for (const { node, size } of sized) if (!long.has(node.closest(".rms-line"))) node.style.fontSize = `${size}px`;
        for (const line of long) {
          line?.classList.add("rms-long");
          for (const node of nodes) if (line?.contains(node)) node.style.fontSize = "";
        }
      }
    });
  }

  // ∂f/∂x and ∂f/∂y, where the surface has short ones, stand between the gradient's symbols and its numbers.
  /** @param {HTMLElement} line */
  function withSlopes(line) {
    if (line.dataset.q !== "g" || !walk.slopes.length) return line;
    find(line, ".rms-symbols").after(...walk.slopes.map((mathml, i) => el("div", { class: "rms-coordinate" },
      el("b", {}, variables[i]), formula(el("div", { class: "rms-numeric rms-slope" }), mathml))));
    return line;
  }

  function layBeat() {
    cells.beat = [];
    bodies.beat.replaceChildren(heading(beat), el("div", { class: "rms-because" }, ...walk.beats[beat].because.map((mathml) => formula(el("div", {}), mathml))),
      ...walk.beats[beat].lines.map((line) => withSlopes(lineOf(line, walk.method, "beat"))), ...linesBeside("beat"));
  }

  function layWhole() {
    cells.whole = [];
    bodies.whole.replaceChildren(...walk.beats.map((each, k) => el("div", { class: "rms-whole-beat", "data-beat": k },
      ...each.lines.map((line) => lineOf(line, walk.method, "whole")))), ...linesBeside("whole"));
  }

  function layQuiz() {
    cells.quiz = [];
    quiz.show(walk, words, variables, (mathml) => {
      const node = breakable(formula(el("div", { class: "rms-numeric" }), mathml));
      cells.quiz = numbersOf(node, walk.method);
      return node;
    });
  }

  // A panel is laid anew only where its formulas have changed; a new run changes their numbers.
  const LAY = { beat: layBeat, whole: layWhole, code: layCode, memory: layMemory, quiz: layQuiz };
  /** @type {Record<string, string>} */
  const laid = {};
  let shape = "";
  /** @param {Panel} name */
  function lay(name) {
    const key = name === "memory" ? bundle.head.run : `${shape} ${name === "beat" ? beat : ""} ${wide}`;
    if (laid[name] === key) return;
    laid[name] = key;
    LAY[name]();
  }

  function layCode() {
    cells.code = [];
    const table = el("table", {});
    const rows = walk.code.lines.map(({ n, text, values, folded, folds }) => {
      const shown = values.map((q) => {
        const pair = [0, 1].map((i) => {
          const node = el("var", { class: `sym-${walk.symbols[q].class}` });
          cells.code.push({ node, run: walk.method, q, when: "now", i, value: NaN });
          return node;
        });
        return el("span", {}, `${q} = (`, pair[0], ", ", pair[1], ") ");
      });
      const unfold = el("button", { type: "button", "aria-label": words.docstring, title: words.docstring }, "⋯");
      unfold.addEventListener("click", () => table.classList.toggle("rms-unfolded"));
      return el("tr", { "data-line": n, class: folded ? "rms-folded" : "" }, el("th", {}, String(n)), el("td", {}, el("code", { style: `--indent: ${text.search(/\S|$/)}` }, text), ...(folds ? [unfold] : [])), el("td", {}, ...shown));
    });
    table.append(...rows);
    bodies.code.replaceChildren(el("p", { class: "rms-caption" }, walk.code.file), el("div", { class: "rms-code", tabindex: 0 }, table));
  }

  function markCode() {
    const marked = new Set(walk.beats[beat].code);
    const rows = [...bodies.code.querySelectorAll("tr")];
    for (const row of rows) row.classList.toggle("rms-ran", marked.has(Number(row.dataset.line)));
    const box = find(bodies.code, ".rms-code");
    const first = rows.find((row) => row.classList.contains("rms-ran"));
    if (!first) return;
    const below = first.offsetTop + 2 * first.offsetHeight; // from the top where that shows the line, else with lines round it
    const above = first.offsetTop - box.clientHeight / 3;
    box.scrollTop = below <= box.clientHeight ? 0 : rows.find((row) => row.offsetHeight && row.offsetTop >= above)?.offsetTop ?? 0;
  }

  function layMemory() {
    if (!walk.memory) { bodies.memory.replaceChildren(el("p", { class: "rms-caption" }, words.no_memory)); return; }
    lens = makeLens(theme, words);
    const { half_life: half, window: wide } = walk.memory;
    bodies.memory.replaceChildren(el("p", { class: "rms-caption" }, words.lens), lens.canvas,
      el("p", { class: "rms-lens-facts" }, `${words.half_life} ${figures(half)} ${words.steps}, ${words.window} = ${figures(wide)} ${words.steps}`, lens.hover));
  }

  function drawMemory() {
    const { memory, method } = walk;
    if (!memory || !lens || !step()) return;
    const found = ["x", "y"].map((axis) => remembered(bundle.columns[`${method}.g.${axis}`], memory.rho, memory.s0, step()));
    lens.draw(found, [0, 1].map((i) => value(walk.method, "s", "now", i, step())), variables, quiz.hides);
  }

  function layHead() {
    beats.dataset.shape = shape;
    beats.replaceChildren(...walk.beats.map((each, k) => {
      const node = el("button", { type: "button", "data-kind": each.kind }, el("span", {}, String(k + 1)), each.title);
      node.addEventListener("click", () => { beat = k; if (panel !== "code" && panel !== "whole") panel = "beat"; draw(t); });
      return node;
    }));
    const titles = { beat: words.one, whole: words.whole, code: words.code, memory: words.memory, quiz: words.quiz };
    tabs.replaceChildren(...PANELS.map((name) => {
      const node = el("button", { type: "button", "data-panel": name }, titles[name]);
      node.addEventListener("click", () => choose(name));
      return node;
    }));
  }

  // ---- moving -------------------------------------------------------------------------------------------------
  /** @param {number} way */
  function go(way) {
    const last = walk.beats.length - 1;
    const next = beat + way;
    if (t >= 1 && t <= walk.steps && next >= 0 && next <= last) { beat = next; draw(t); return; }
    if (way > 0 && t >= walk.steps) return;
    if (way < 0 && t === 0) return;
    beat = way > 0 || t > walk.steps ? 0 : last;
    if (way < 0 && t > walk.steps) beat = last;
    move(way < 0 ? Math.min(t - 1, walk.steps) : t + 1);
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /** @type {Element} */ (event.target).matches("input, select, textarea")) return;
    const way = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    go(way);
  }

  /** @param {Panel} name */
  function choose(name) {
    panel = name;
    draw(t);
  }

  /** @param {number} now */
  function draw(now) {
    if (!walk) return;
    t = now;
    const kind = walk.beats[beat].kind;
    section.dataset.beat = kind;
    section.dataset.panel = panel;
    section.dataset.t = String(t);
    for (const [k, node] of [...beats.children].entries()) node.setAttribute("aria-current", k === beat ? "step" : "false");
    for (const node of tabs.children) node.setAttribute("aria-pressed", String(node.getAttribute("data-panel") === panel));
    const here = step() > 0;
    for (const [name, body] of Object.entries(bodies)) body.hidden = name !== panel;
    lay(panel);
    quiz.turn(step(), panel === "quiz");
    section.classList.toggle("rms-still", !here);
    if (here) refresh(panel);
    if (here && panel !== "code") fit(bodies[panel]);
    if (panel === "code") markCode();
    if (panel === "memory") drawMemory();
    if (panel === "whole") for (const node of bodies.whole.querySelectorAll("[data-beat]")) node.classList.toggle("rms-ran", Number(node.getAttribute("data-beat")) === beat);
    if (panel === "quiz") quiz.draw();
    bodies[panel].hidden = !here && panel !== "beat" && panel !== "whole";
    status.textContent = !here ? (walk.steps ? words.start : words.none) : t > walk.steps ? words.over.replace("{method}", walk.title).replace("{steps}", String(walk.steps)) : quiz.open() && panel !== "quiz" ? words.kept : "";
    picture.paint({ now: step(), kind, walk, bundle, words, variables, value, hides: quiz.hides });
    timeline.draw(t, quiz.hides);
  }

  const status = el("p", { class: "rms-status", role: "status" });
  find(section, ".rms-walk-head").after(status);
  section.addEventListener("keydown", keys);
  frame.addEventListener("pointerover", pointed);
  let wide = "";
  new ResizeObserver(() => {
    const now = `${picture.size()} ${section.clientWidth}`;
    if (!walk || now === wide) return;
    wide = now;
    picture.resize();
    timeline.lay();
    draw(t);
  }).observe(frame);

  return {
    show(next, common) {
      bundle = next;
      walk = next.head.walk;
      words = { ...common, ...walk.words };
      variables = next.head.variables;
      beat = Math.min(beat, walk.beats.length - 1);
      if (panel !== "quiz") quiz.leave();
      section.setAttribute("aria-label", words.walk);
      beats.setAttribute("aria-label", words.beats);
      tabs.setAttribute("aria-label", words.panels);
      picture.show(next);
      picture.resize();
      const formulas = walk.beats.map((each) => [each.caption, each.lines.map((line) => line.symbols)]);
      shape = JSON.stringify([walk.method, variables, formulas, walk.slopes, walk.beside?.lines.map((line) => line.symbols), walk.beside?.note]);
      if (beats.dataset.shape !== shape) layHead();
      timeline.show(walk, next.head.steps, variables, words, (q, when, i, at) => value(walk.method, q, when, i, at));
    },
    draw,
    hear(told) { quiz.answer(told.quiz); },
  };
}
