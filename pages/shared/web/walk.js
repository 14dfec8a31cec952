// The walk through one update, on the player's clock: formulas in symbols and numbers, beat by beat; the picture of the
// step; the code that ran; the memory lens; fill in the number. head.walk is made by pages/step_by_step/walk.py.

const PANELS = ["beat", "whole", "code", "memory", "quiz"];

VIEWS.walk = ({ frame, theme, move, send }) => {
  let [bundle, walk, words, variables] = [null, null, {}, []];
  let [t, beat, panel] = [0, 0, "beat"];
  let cells = {}; // the numbers of each panel
  let palette = {};
  const colours = () => {
    const now = theme();
    if (palette.background !== now.background) {
      const style = getComputedStyle(frame);
      palette = { ...now };
      for (const name of ["g", "s", "rms", "delta"]) palette[name] = style.getPropertyValue(`--sym-${name}`).trim();
    }
    return palette;
  };

  // ---- parts --------------------------------------------------------------------------------------------------
  frame.classList.add("rms-stepwise");
  const picture = makeStepPicture(colours);
  const legend = el("div", { class: "rms-step-legend" });
  const squares = [0, 1].map((i) => el("div", { class: "rms-quad" }, el("div", { class: "rms-quad-box" }, picture.squares[i]), el("div", { class: "rms-quad-text" })));
  const note = el("p", { class: "rms-squares-note" });
  frame.querySelector(".rms-views").prepend(
    el("div", { class: "rms-step" }, el("div", { class: "rms-step-ground" }, picture.canvas), legend), el("div", { class: "rms-squares" }, ...squares, note));
  const timeline = makeTimeline(frame, move);
  const beats = el("div", { class: "rms-beats", role: "group" });
  const tabs = el("div", { class: "rms-panels", role: "group" });
  const bodies = Object.fromEntries(PANELS.map((name) => [name, el("div", { class: `rms-panel rms-panel-${name}` })]));
  const section = el("section", { class: "rms-walk", tabindex: 0 }, el("div", { class: "rms-walk-head" }, beats, tabs), ...Object.values(bodies));
  frame.querySelector(".rms-transport").after(timeline.node, section);
  const exact = el("div", { class: "rms-exact", role: "tooltip" });
  frame.append(exact);
  let lens = null;
  const quiz = makeQuiz({ send: (answer) => send("answer", answer), changed: () => draw(t) });
  bodies.quiz.append(quiz.node);

  // ---- numbers ------------------------------------------------------------------------------------------------
  // A quantity of a run at step t, now or before. "here" is SGD's step from RMSprop's point: its velocity begins at 0.
  function value(run, q, when, i, at = t) {
    const row = when === "before" ? at - 1 : at;
    if (q === "t") return at;
    const axis = "xy"[i];
    const { columns } = bundle;
    if (q === "lr") return columns[`${run}.lr.x`]?.[row - 1]; // where it follows a schedule
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

  function refresh(name) {
    for (const cell of cells[name] ?? []) {
      if (cell.q === "lr" && !(`${cell.run}.lr.x` in bundle.columns)) continue;
      writeNumber(cell, value(cell.run, cell.q, cell.when, cell.i, step()), name === "quiz" && quiz.hides(cell));
    }
  }

  function pointed({ target }) {
    const node = target.closest?.("mn[data-q], [data-exact]");
    const cell = node && (cells[panel] ?? []).find((c) => c.node === node);
    const text = node?.dataset.exact ?? (cell && cell.node.textContent !== "?" ? String(cell.value) : "");
    exact.textContent = text.replaceAll("-", "−");
    exact.classList.toggle("rms-on", text !== "");
    if (!text) return;
    const [box, around] = [node.getBoundingClientRect(), frame.getBoundingClientRect()];
    exact.style.left = `${Math.max(0, Math.min(box.left - around.left, around.width - exact.offsetWidth))}px`;
    exact.style.top = `${box.top - around.top - exact.offsetHeight - 4}px`;
  }

  // ---- laying out ---------------------------------------------------------------------------------------------
  function lineOf(line, run, name) {
    const numbers = line.numbers.map((mathml, i) => {
      const node = formula(el("div", { class: "rms-numeric" }), mathml);
      cells[name].push(...numbersOf(node, run));
      return el("div", { class: "rms-coordinate" }, el("b", {}, variables[i]), node);
    });
    return el("div", { class: "rms-line", "data-q": line.q }, formula(el("div", { class: "rms-symbols" }), line.symbols), ...numbers);
  }

  function sgdLines(name) {
    if (!walk.sgd) return [];
    return [el("div", { class: "rms-beside" }, el("h4", {}, el("b", { class: "rms-swatch rms-square" }), walk.sgd.note), ...walk.sgd.lines.map((line) => lineOf(line, "here", name)))];
  }

  const heading = (k) => el("p", { class: "rms-caption" }, walk.beats[k].caption);

  // Lines that are too wide for their place are set smaller; back to full size when they are laid anew.
  function fit(body) {
    for (const node of body.querySelectorAll(".rms-numeric, .rms-symbols")) {
      const room = node.clientWidth;
      if (!room || node.scrollWidth <= room + 1) continue;
      const size = parseFloat(getComputedStyle(node).fontSize);
      node.style.fontSize = `${Math.max(11, (size * room) / node.scrollWidth - 0.2)}px`;
    }
  }

  let laid = "";
  function layBeat() {
    const key = `${bundle.head.run} ${beat} ${section.clientWidth}`;
    if (key === laid) return;
    laid = key;
    cells.beat = [];
    bodies.beat.replaceChildren(heading(beat), ...walk.beats[beat].lines.map((line) => lineOf(line, walk.method, "beat")), ...sgdLines("beat"));
  }

  function layWhole() {
    cells.whole = [];
    bodies.whole.replaceChildren(...walk.beats.map((each, k) => el("div", { class: "rms-whole-beat", "data-beat": k },
      ...each.lines.map((line) => lineOf(line, walk.method, "whole")))), ...sgdLines("whole"));
  }

  function layCode() {
    cells.code = [];
    const rows = walk.code.lines.map(({ n, text, values }) => {
      const shown = values.map((q) => {
        const pair = [0, 1].map((i) => {
          const node = el("var", { class: `sym-${walk.symbols[q].class}` });
          cells.code.push({ node, run: walk.method, q, when: "now", i, value: NaN });
          return node;
        });
        return el("span", {}, `${q} = (`, pair[0], ", ", pair[1], ") ");
      });
      return el("tr", { "data-line": n }, el("th", {}, String(n)), el("td", {}, el("code", {}, text)), el("td", {}, ...shown));
    });
    bodies.code.replaceChildren(el("p", { class: "rms-caption" }, walk.code.file), el("div", { class: "rms-code", tabindex: 0 }, el("table", {}, ...rows)));
  }

  function markCode() {
    const marked = new Set(walk.beats[beat].code);
    let first = null;
    for (const row of bodies.code.querySelectorAll("tr")) {
      const on = marked.has(Number(row.dataset.line));
      row.classList.toggle("rms-ran", on);
      if (on && !first) first = row;
    }
    const box = bodies.code.querySelector(".rms-code");
    if (first && box) box.scrollTop = Math.max(0, first.offsetTop - box.clientHeight / 3);
  }

  function layMemory() {
    if (!walk.memory) { bodies.memory.replaceChildren(el("p", { class: "rms-caption" }, words.no_memory)); return; }
    lens = makeLens(colours, words);
    const { half_life: half, window: wide } = walk.memory;
    bodies.memory.replaceChildren(el("p", { class: "rms-caption" }, words.lens), lens.canvas,
      el("p", { class: "rms-lens-facts" }, `${words.half_life} ${figures(half)} ${words.steps}, ${words.window} = ${figures(wide)} ${words.steps}`, lens.hover));
  }

  function drawMemory() {
    if (!walk.memory || !lens || !step()) return;
    const found = ["x", "y"].map((axis) => remembered(bundle.columns[`${walk.method}.g.${axis}`], walk.memory.rho, walk.memory.s0, step()));
    lens.draw(found, [0, 1].map((i) => value(walk.method, "s", "now", i, step())), variables);
  }

  // ---- the picture of the step --------------------------------------------------------------------------------
  function drawStep(kind) {
    const now = step();
    if (!now) { // the start: the ground that step 1 will begin on
      const place = { center: [0, 1].map((i) => bundle.columns[`${walk.method}.${"xy"[i]}`][0]), reach: bundle.columns["zoom.reach"][0], g: [0, 0], methods: [], box: null };
      picture.draw(1, walk.steps ? place : null, kind);
      legend.replaceChildren();
      for (const node of squares) node.hidden = true;
      note.textContent = "";
      return;
    }
    const at = (q, when = "now") => [0, 1].map((i) => value(walk.method, q, when, i, now));
    const methods = [{ ...bundle.head.runs.find((run) => run.key === walk.method), delta: at("delta") }];
    if (walk.sgd) methods.push({ ...bundle.head.runs.find((run) => run.key === "sgd"), delta: [0, 1].map((i) => value("here", "delta", "now", i, now)) });
    const reach = bundle.columns["zoom.reach"][now - 1];
    const center = at("theta", "before");
    const box = bundle.columns["zoom.box"][now - 1]; // NaN: no bound
    const outside = picture.draw(now, { center, reach, g: at("g"), methods, box }, kind);
    const pair = (values) => `(${values.map((v) => figures(v)).join(", ")})`;
    const hidden = (q) => panel === "quiz" && quiz.asks(q);
    const rows = [el("p", { style: "--method: var(--sym-g)" }, el("b", {}, words.downhill))];
    for (const method of methods) {
      const tiny = Math.max(...method.delta.map(Math.abs)) < reach / 40;
      const text = method.key === walk.method && hidden("delta") ? "Δ = ?" : `Δ = ${pair(method.delta)}`;
      const remark = outside.includes(method.key) ? words.outside : tiny ? words.tiny : "";
      rows.push(el("p", { style: `--method: var(--${method.key})`, "data-method": method.key }, el("b", {}, el("i", { class: `rms-swatch rms-${method.mark}` }), method.title), text, ...(remark ? [el("em", {}, remark)] : [])));
    }
    if (box > 0) {
      const inside = box <= 2 * reach;
      rows.push(el("p", { style: "--method: var(--sym-delta)" }, el("b", {}, inside ? `|Δ| ≤ ${figures(box)}` : ""), inside ? words.box : words.box_out.replace("{bound}", figures(box))));
    }
    if (walk.beats.some((each) => each.kind === "center")) rows.push(el("p", {}, words.no_box));
    rows.push(el("p", {}, words.across.replace("{width}", figures(2 * reach)), el("br"), pair(center)));
    legend.replaceChildren(...rows);
    picture.canvas.setAttribute("aria-label", words.picture);
    drawSquares(kind, at);
  }

  function drawSquares(kind, at) {
    const plain = walk.method === "sgd";
    note.textContent = plain ? words.sgd_squares : words.squares;
    const mean = meanOf(walk);
    const [area, before, rms, g] = plain ? [] : [at(mean), at(mean, "before"), at("rms"), at("g")];
    squares.forEach((node, i) => {
      node.hidden = plain;
      if (plain) return;
      const last = Number.isFinite(before[i]) ? before[i] : 0;
      picture.drawSquare(i, { area: area[i], before: last, rms: rms[i], g: g[i] }, kind);
      const say = (q, v) => (panel === "quiz" && quiz.asks(q) ? "?" : figures(v));
      const line = (q, label, text, v) => el("p", {}, el("i", { class: `sym-${walk.symbols[q].class}` }, label), ` ${text}`, el("var", { "data-exact": panel === "quiz" ? "?" : String(v) }, say(q, v)));
      node.querySelector(".rms-quad-text").replaceChildren(el("h4", {}, variables[i]),
        line(mean, walk.symbols[mean].text, `${words.area} `, area[i]), line("rms", "rms", `${words.side} `, rms[i]), line("g", "|g|", "", Math.abs(g[i])));
    });
  }

  // ---- moving -------------------------------------------------------------------------------------------------
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

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    go(way);
  }

  function choose(name) {
    panel = name;
    draw(t);
  }

  function draw(now) {
    if (!walk) return;
    t = now;
    const kind = walk.beats[beat].kind;
    section.dataset.beat = kind;
    section.dataset.panel = panel;
    frame.classList.toggle("rms-whole-on", panel === "whole");
    section.dataset.t = t;
    for (const [k, node] of [...beats.children].entries()) node.setAttribute("aria-current", k === beat ? "step" : "false");
    for (const node of tabs.children) node.setAttribute("aria-pressed", String(node.dataset.panel === panel));
    const here = step() > 0;
    for (const [name, body] of Object.entries(bodies)) body.hidden = name !== panel;
    if (panel === "beat") layBeat();
    section.classList.toggle("rms-still", !here);
    if (here) refresh(panel);
    if (here && panel !== "code") fit(bodies[panel]);
    if (panel === "code") markCode();
    if (panel === "memory") drawMemory();
    if (panel === "whole") for (const node of bodies.whole.querySelectorAll("[data-beat]")) node.classList.toggle("rms-ran", Number(node.dataset.beat) === beat);
    if (panel === "quiz") quiz.draw(step());
    bodies[panel].hidden = !here && panel !== "beat" && panel !== "whole";
    status.textContent = !here ? (walk.steps ? words.start : words.none) : t > walk.steps ? words.over.replace("{method}", walk.title).replace("{steps}", walk.steps) : "";
    drawStep(kind);
    timeline.draw(t);
  }

  const status = el("p", { class: "rms-status", role: "status" });
  section.firstChild.after(status);
  section.addEventListener("keydown", keys);
  frame.addEventListener("pointerover", pointed);
  let wide = "";
  new ResizeObserver(() => {
    const now = `${picture.canvas.clientWidth}x${picture.canvas.clientHeight} ${section.clientWidth}`;
    if (!walk || now === wide) return;
    wide = now;
    timeline.lay();
    draw(t);
  }).observe(frame);

  return {
    show(next) {
      bundle = next;
      walk = next.head.walk;
      words = { ...words, ...next.head.words, ...walk.words };
      variables = next.head.variables;
      beat = Math.min(beat, walk.beats.length - 1);
      palette = {};
      section.setAttribute("aria-label", words.walk);
      beats.setAttribute("aria-label", words.beats);
      tabs.setAttribute("aria-label", words.panels);
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
      picture.show(next);
      layWhole();
      layCode();
      layMemory();
      cells.quiz = [];
      quiz.show(walk, words, variables, (mathml) => {
        const node = formula(el("div", { class: "rms-numeric" }), mathml);
        cells.quiz = numbersOf(node, walk.method);
        return node;
      });
      timeline.show(walk, next.head.steps, variables, words, (...of) => value(walk.method, ...of));
    },
    draw,
    answer(head) { quiz.answer(head.quiz); },
  };
};
