// The walk through one update, on the player's clock: formulas in symbols and numbers, beat by beat; the picture of the
// step; the code that ran; the memory lens; fill in the number. head.walk is made by pages/step_by_step/walk.py.

import { el, find } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { digits } from "../../shared/web/numbers.js";
import { stage as page } from "../../shared/web/stage.js";
import { formula } from "../../shared/web/typeset.js";
import { breakable, numbersOf, writeNumber } from "./formula.js";
import { makeLens, remembered } from "./lens.js";
import { makeQuiz } from "./quiz.js";
import { makeStepPanel } from "./steptext.js";
import { makeTimeline } from "./timeline.js";

/** @import { Told } from "pages/shared/wire/head.py" */
/** @import { FormulaLine, Walk } from "pages/step_by_step/head.py" */
/** @import { Bundle } from "../../shared/web/bundle.js" */
/** @import { Stage, View } from "../../shared/web/player.js" */
/** @import { Cell } from "./formula.js" */
/** @import { Hides } from "./lens.js" */

/** What stands below: it is laid anew where its key changes. @typedef {{ name: string, node: HTMLElement, lay: () => void, cells: Cell[], key: string }} Panel */

/** @param {Stage} stage @returns {View} */
export function makeWalk(stage) {
  const { frame, theme, move, rest, send, modes } = stage;
  /** @type {Bundle} */
  let bundle;
  /** @type {Walk} */
  let walk;
  let variables = /** @type {string[]} */ ([]);
  let t = 0;
  let beat = 0;
  let seen = /** @type {Told["look"] | null} */ (null); // what a link wants, until there is a walk

  // ---- parts --------------------------------------------------------------------------------------------------
  frame.classList.add("rms-stepwise");
  const quiz = makeQuiz({ send: (answer) => send("answer", answer), changed: () => draw(t), rest });
  let opened = ""; // behind the curtain: the step and beat whose numbers have been asked for
  const sealed = () => modes.curtain && !page.lesson && shown !== panels.quiz && opened !== `${t} ${beat}`;
  // In which beat a quantity is computed; a step is made in the last.
  const comes = (/** @type {string} */ q) => (q === "delta" ? walk.beats.length - 1 : walk.beats.findIndex(({ lines }) => lines.some((line) => line.q === q)));
  /** @type {Hides} */
  const hides = (q, i, run = walk.method) => sealed() || (modes.curtain && comes(q) > beat) || (run === walk.method && quiz.hides(q, i));
  const picture = makeStepPanel(stage, value, hides);
  const timeline = makeTimeline(stage, value, hides);
  const beats = el("div", { class: "rms-beats", role: "group" });
  const tabs = el("div", { class: "rms-panels", role: "group" });
  const status = el("p", { class: "rms-status", role: "status" });
  const panel = (/** @type {string} */ name, /** @type {() => void} */ lay) => /** @type {Panel} */ ({ name, node: el("div", { class: `rms-panel rms-panel-${name}` }), lay, cells: [], key: "" });
  const panels = { beat: panel("beat", layBeat), whole: panel("whole", layWhole), code: panel("code", layCode), memory: panel("memory", layMemory), quiz: panel("quiz", layQuiz) };
  let shown = panels.beat;
  const section = el("section", { class: "rms-walk", tabindex: 0 }, el("div", { class: "rms-walk-head" }, beats, tabs), status, ...Object.values(panels).map(({ node }) => node));
  find(frame, ".rms-transport").after(timeline.node, section);
  const exact = el("div", { class: "rms-exact", role: "tooltip" });
  frame.append(exact);
  let lens = /** @type {ReturnType<typeof makeLens> | null} */ (null);
  panels.quiz.node.append(quiz.node);

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

  function refresh() {
    for (const cell of shown.cells) {
      writeNumber(cell, value(cell.run, cell.q, cell.when, cell.i, step()), cell.when === "now" && hides(cell.q, cell.i, cell.run));
    }
  }

  /** @param {Event} event */
  function pointed({ target }) {
    const node = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("mn[data-q], [data-exact]"));
    const cell = node && shown.cells.find((c) => c.node === node);
    const text = node?.dataset.exact ?? (cell && cell.node.textContent !== "?" ? String(cell.value) : "");
    exact.textContent = text.replaceAll("-", "−");
    exact.classList.toggle("rms-on", text !== "");
    if (!node || !text) return;
    const [box, around] = [node.getBoundingClientRect(), frame.getBoundingClientRect()];
    exact.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - exact.offsetWidth))}px`;
    exact.style.top = `${box.top - around.top - exact.offsetHeight - 4}px`;
  }

  // ---- laying out ---------------------------------------------------------------------------------------------
  /** @param {FormulaLine} line @param {string} run @param {Panel} panel */
  function lineOf(line, run, panel) {
    const numbers = line.numbers.map((mathml, i) => {
      const node = breakable(formula(el("div", { class: "rms-numeric" }), mathml));
      panel.cells.push(...numbersOf(node, run));
      return el("div", { class: "rms-coordinate" }, el("b", {}, variables[i]), node);
    });
    return el("div", { class: "rms-line", "data-q": line.q }, formula(el("div", { class: "rms-symbols" }), line.symbols), ...numbers);
  }

  /** @param {Panel} panel */
  function linesBeside(panel) {
    const { beside } = walk;
    if (!beside) return [];
    const { mark, colour } = bundle.head.runs.find((run) => run.key === beside.method) ?? bundle.head.runs[0];
    const heading = el("h4", {}, el("b", { class: `rms-swatch rms-${mark}` }), beside.note);
    return [el("div", { class: "rms-beside", style: `--method: var(--${colour})` }, heading, ...beside.lines.map((line) => lineOf(line, "here", panel)))];
  }

  const caption = (/** @type {string} */ text) => el("p", { class: "rms-caption" }, text);

  // A line that is a little too wide is set smaller; one that is wider gets rows of its own for x and y, in which it may
  // break before its result. Both last until it is laid anew. After a frame's other work: what is asked of the layout here
  // is what the browser is about to paint, and it is asked again only where something had to give way.
  let fitting = 0;
  function fit() {
    const body = shown.node;
    const least = modes.present ? Infinity : shown === panels.beat ? 14.5 : 12.5; // px, below which a line rather takes more rows
    cancelAnimationFrame(fitting);
    fitting = requestAnimationFrame(() => {
      const nodes = /** @type {HTMLElement[]} */ ([...body.querySelectorAll(".rms-numeric, .rms-symbols, .rms-because > *")]);
      for (let tries = 0; tries < 8; tries++) {
        const tight = nodes.map((node) => ({ node, room: node.clientWidth, wide: node.scrollWidth })).filter(({ room, wide }) => room && wide > room);
        if (!tight.length) return;
        const sized = tight.map(({ node, room, wide }) => ({ node, size: (parseFloat(getComputedStyle(node).fontSize) * room) / wide - 0.2 }));
        const long = new Set(sized.map(({ node, size }) => (size < least ? node.closest(".rms-line:not(.rms-long)") : null)));
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
    const { caption: text, because, lines } = walk.beats[beat];
    panels.beat.node.replaceChildren(caption(text), el("div", { class: "rms-because" }, ...because.map((mathml) => formula(el("div"), mathml))),
      ...lines.map((line) => withSlopes(lineOf(line, walk.method, panels.beat))), ...linesBeside(panels.beat));
  }

  function layWhole() {
    panels.whole.node.replaceChildren(...walk.beats.map((each, k) => el("div", { class: "rms-whole-beat", "data-beat": k },
      ...each.lines.map((line) => lineOf(line, walk.method, panels.whole)))), ...linesBeside(panels.whole));
  }

  function layQuiz() {
    quiz.show(walk, variables, (mathml) => {
      const node = breakable(formula(el("div", { class: "rms-numeric" }), mathml));
      panels.quiz.cells = numbersOf(node, walk.method);
      return node;
    });
  }

  // A panel is laid anew only where its formulas have changed; a new run changes their numbers.
  let shape = "";
  function lay() {
    const key = shown === panels.memory ? bundle.head.run : `${shape} ${shown === panels.beat ? beat : quiz.chosen()} ${wide}`;
    if (shown.key === key) return;
    Object.assign(shown, { key, cells: [] });
    shown.lay();
  }

  function layCode() {
    const table = el("table", {});
    const folding = _("Show or hide the docstring");
    const rows = walk.code.map(({ n, text, values, folded }, k, lines) => {
      const numbers = values.map((q) => {
        const pair = [0, 1].map((i) => {
          const node = el("var", { class: `sym-${walk.symbols[q].class}` });
          panels.code.cells.push({ node, run: walk.method, q, when: "now", i, value: NaN });
          return node;
        });
        return el("span", {}, `${q} = (`, pair[0], ", ", pair[1], ") ");
      });
      const unfold = el("button", { type: "button", "aria-label": folding, title: folding }, "⋯");
      unfold.addEventListener("click", () => table.classList.toggle("rms-unfolded"));
      return el("tr", { "data-line": n, class: folded ? "rms-folded" : "" }, el("th", {}, String(n)), el("td", {}, el("code", { style: `--indent: ${text.search(/\S|$/)}` }, text), ...(!folded && lines[k + 1]?.folded ? [unfold] : [])), el("td", {}, ...numbers));
    });
    table.append(...rows);
    panels.code.node.replaceChildren(caption("rmsprop_core/optimizers.py"), el("div", { class: "rms-code", tabindex: 0 }, table));
  }

  function markCode() {
    const marked = new Set(walk.beats[beat].code);
    const rows = [...panels.code.node.querySelectorAll("tr")];
    for (const row of rows) row.classList.toggle("rms-ran", marked.has(Number(row.dataset.line)));
    const box = find(panels.code.node, ".rms-code");
    const first = rows.find((row) => row.classList.contains("rms-ran"));
    if (!first) return;
    const below = first.offsetTop + 2 * first.offsetHeight; // from the top where that shows the line, else with lines round it
    const above = first.offsetTop - box.clientHeight / 3;
    box.scrollTop = below <= box.clientHeight ? 0 : rows.find((row) => row.offsetHeight && row.offsetTop >= above)?.offsetTop ?? 0;
  }

  function layMemory() {
    if (!walk.memory) { panels.memory.node.replaceChildren(caption(_("SGD has no memory of squares: nothing to take apart."))); return; }
    lens = makeLens(theme);
    const { half_life: half, window: wide } = walk.memory;
    panels.memory.node.replaceChildren(caption(_("What each past g² has left in s: it came in with 1 − ρ, each step since kept ρ of it.")), lens.canvas,
      el("p", { class: "rms-lens-facts" }, _("half-life {half} steps, window 1/(1−ρ) = {wide} steps", { half: digits(half), wide: digits(wide) }), lens.hover));
  }

  function drawMemory() {
    const { memory, method } = walk;
    if (!memory || !lens || !step()) return;
    const found = ["x", "y"].map((axis) => remembered(bundle.columns[`${method}.g.${axis}`], memory.rho, memory.s0, step()));
    lens.draw(found, [0, 1].map((i) => value(walk.method, "s", "now", i, step())), variables, hides);
  }

  function layHead() {
    beats.dataset.shape = shape;
    beats.replaceChildren(...walk.beats.map((each, k) => {
      const node = el("button", { type: "button", "data-kind": each.kind }, el("span", {}, String(k + 1)), each.title);
      node.addEventListener("click", () => { beat = k; if (shown !== panels.code && shown !== panels.whole) shown = panels.beat; move(t); });
      return node;
    }));
    /** @type {Record<string, string>} */
    const titles = { beat: _("One beat"), whole: _("Whole step"), code: _("Code"), memory: _("Memory"), quiz: _("Fill in") };
    tabs.replaceChildren(...Object.values(panels).map((panel) => {
      const node = el("button", { type: "button", "data-panel": panel.name }, titles[panel.name]);
      node.addEventListener("click", () => { shown = panel; draw(t); rest(); });
      return node;
    }));
  }

  // ---- moving -------------------------------------------------------------------------------------------------
  // A beat further or back, or where the panel on show has none, a step.
  /** @param {number} way */
  function onward(way) {
    const last = walk.beats.length - 1;
    const next = beat + way;
    if (t >= 1 && t <= walk.steps && next >= 0 && next <= last && shown !== panels.memory && shown !== panels.quiz) { beat = next; return t; }
    if (way > 0 ? t >= walk.steps : t === 0) return null;
    beat = way > 0 ? 0 : last;
    return way < 0 ? Math.min(t - 1, walk.steps) : t + 1;
  }

  /** @param {number} way */
  function go(way) {
    const to = onward(way);
    if (to !== null) move(to);
  }

  // Behind the curtain symbols come first, then their numbers.
  /** @param {boolean} on */
  function open(on) {
    opened = on ? `${t} ${beat}` : "";
    draw(t);
  }

  const arrow = (/** @type {number} */ way) => (/** @type {Element} */ on) => { if (section.contains(on)) go(way); else move(t + way); };

  function remark() {
    if (step() === 0) return walk.steps ? _("This is the start, step 0: nothing is computed yet. → makes step 1.") : _("This run has no step to look at.");
    if (t > walk.steps) return _("{method}’s run ended after step {steps}; its last step stands here.", { method: walk.title, steps: walk.steps });
    return quiz.open() && shown !== panels.quiz ? _("?: the number that “Fill in” asks for, and what gives it away.") : "";
  }

  /** @param {number} now */
  function draw(now) {
    if (!walk) return;
    t = now;
    lay();
    if (shown === panels.quiz) beat = walk.beats.findIndex(({ lines }) => lines.some(({ q }) => q === quiz.asks()));
    const kind = walk.beats[beat].kind;
    section.dataset.beat = kind;
    section.dataset.panel = shown.name;
    section.dataset.t = String(t);
    for (const [k, node] of [...beats.children].entries()) node.setAttribute("aria-current", k === beat ? "step" : "false");
    for (const node of tabs.children) node.setAttribute("aria-pressed", String(node.getAttribute("data-panel") === shown.name));
    const here = step() > 0;
    for (const panel of Object.values(panels)) panel.node.hidden = panel !== shown;
    quiz.turn(step(), shown === panels.quiz);
    section.classList.toggle("rms-still", !here || (sealed() && shown !== panels.code));
    if (here) refresh();
    if (here && shown !== panels.code) fit();
    if (shown === panels.code) markCode();
    if (shown === panels.memory) drawMemory();
    if (shown === panels.whole) [...panels.whole.node.querySelectorAll("[data-beat]")].forEach((node, k) => node.classList.toggle("rms-ran", k === beat));
    if (shown === panels.quiz) quiz.draw();
    shown.node.hidden = !here && shown !== panels.beat && shown !== panels.whole;
    status.textContent = remark();
    picture.paint(step(), kind);
    timeline.draw(t);
  }

  frame.addEventListener("pointerover", pointed);
  let wide = "";
  const sized = new ResizeObserver(() => { // a square's box gives way to its words, once they are there
    const now = `${picture.measure()} ${section.clientWidth}`;
    if (!walk || now === wide) return;
    wide = now;
    draw(t);
  });
  for (const each of [frame, ...picture.squares]) sized.observe(each);

  return {
    show(next) {
      if (bundle && bundle.head.run !== next.head.run) quiz.renew(); // an answer is right or wrong of one run
      bundle = next;
      walk = next.head.walk;
      variables = next.head.variables;
      if (seen) {
        beat = walk.beats.findIndex(({ kind }) => kind === seen?.beat);
        shown = Object.values(panels).find(({ name }) => name === seen?.panel) ?? panels.beat;
        quiz.choose(seen.ask);
        seen = null;
      }
      beat = Math.max(0, Math.min(beat, walk.beats.length - 1));
      if (shown !== panels.quiz) quiz.leave();
      section.setAttribute("aria-label", _("The walk through one step: ← and → go from beat to beat, and on into the next step"));
      beats.setAttribute("aria-label", _("Beats of this step"));
      tabs.setAttribute("aria-label", _("What stands below"));
      picture.show(next);
      picture.measure();
      const formulas = walk.beats.map((each) => [each.caption, each.lines.map((line) => line.symbols)]);
      shape = JSON.stringify([walk.method, variables, formulas, walk.slopes, walk.beside?.lines.map((line) => line.symbols), walk.beside?.note]);
      if (beats.dataset.shape !== shape) layHead();
      timeline.show(walk, next.head.steps, variables);
    },
    draw,
    onward,
    pending: (at) => at > 0 && at <= walk.steps && beat < walk.beats.length - 1,
    keys: {
      ArrowLeft: arrow(-1),
      ArrowRight: arrow(1),
      PageUp: () => go(-1),
      PageDown: () => { if (step() > 0 && sealed()) open(true); else go(1); },
      n: () => open(sealed()),
    },
    hear(told, cued) {
      if (cued && told.look) seen = told.look;
      quiz.answer(told.quiz);
    },
    look: () => ({ beat: walk.beats[beat].kind, panel: shown.name, ask: quiz.chosen() }),
  };
}
