// Marks under the clock's track, each a link to its step, with one sentence.

const MARK_SHAPES = { kick: "M6 1l5 10H1z", peak: "M6 0l6 6-6 6-6-6z", cycle: "M6 1a5 5 0 1 0 .01 0z M6 3.4a2.6 2.6 0 1 1-.01 0z", forgotten: "M1 1h10L6 11z", flip: "M5 0h2v12H5z" };

const THUMB = 16;

function makeTimeline(frame, move) {
  const strip = el("div", { class: "rms-timeline", role: "group" });
  const key = el("div", { class: "rms-timeline-key", "aria-hidden": "true" });
  const note = el("p", { class: "rms-note", role: "status" });
  const node = el("div", { class: "rms-events" }, key, strip, note);
  const scrub = frame.querySelector(".rms-scrub");
  let marks = [];
  let nodes = [];
  let steps = 1;
  let t = 0;
  let laid = "";
  let rest = "";
  let step = "";

  const shape = (kind) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    svg.innerHTML = `<path d="${MARK_SHAPES[kind]}" fill="currentColor" fill-rule="evenodd"/>`;
    return svg;
  };

  // value(q, when, i, t) gives the numbers of a sign flip, whose sentence is put together here.
  function show(walk, allSteps, variables, words, value) {
    const flip = (i, at) => words.flipped.replace("{axis}", variables[i])
      .replace("{before}", figures(value("g", "before", i, at))).replace("{g}", figures(value("g", "now", i, at)));
    const flips = walk.flips.flatMap((list, i) => list.map((at) => ({ t: at, kind: "flip", i, title: words.flip, get text() { return flip(i, at); } })));
    marks = [...walk.marks, ...flips];
    steps = Math.max(allSteps, 1);
    rest = words.rounded;
    step = words.step;
    strip.setAttribute("aria-label", words.timeline);
    const now = JSON.stringify([marks.map((mark) => [mark.t, mark.i, mark.kind === "flip" ? "" : mark.text]), steps, variables, words.timeline]);
    if (now === laid) return;
    laid = now;
    nodes = marks.map((mark, k) => {
      const flip = mark.kind === "flip"; // hundreds of them: light, and the pointer's; → and ← reach every step
      const label = `${words.step} ${mark.t}, ${variables[mark.i]}: ${flip ? mark.title : mark.text}`;
      const link = el("button", { type: "button", class: `rms-mark rms-mark-${mark.kind}`, "data-t": mark.t, "data-i": mark.i, "data-k": k, "aria-label": label, style: `left: calc(${THUMB / 2}px + ${mark.t / steps} * (100% - ${THUMB}px))` });
      if (flip) link.tabIndex = -1; else link.append(shape(mark.kind));
      return link;
    });
    strip.replaceChildren(...nodes, ...(marks.length ? variables.map((name, i) => el("i", { "data-i": i, "aria-hidden": "true" }, name)) : []));
    const kinds = new Map(marks.map((mark) => [mark.kind, mark.title]));
    key.replaceChildren(...[...kinds].map(([kind, title]) => el("span", { class: `rms-mark-${kind}` }, shape(kind), title)));
  }

  // The strip lies under the track, and a mark under the thumb at its step.
  function lay() {
    strip.style.marginLeft = `${scrub.offsetLeft - node.offsetLeft}px`;
    strip.style.width = `${scrub.offsetWidth}px`;
  }

  const marked = (event) => marks[event.target.closest?.(".rms-mark")?.dataset.k];
  const tell = (event) => { const mark = marked(event); if (mark) say(`${step} ${mark.t}: ${mark.text}`); };
  strip.addEventListener("click", (event) => { const mark = marked(event); if (mark) move(mark.t); });
  for (const event of ["pointerover", "focusin"]) strip.addEventListener(event, tell);
  for (const event of ["pointerout", "focusout"]) strip.addEventListener(event, () => draw(t));

  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  function draw(now) {
    t = now;
    const here = marks.filter((mark) => mark.t === t).map((mark) => mark.text);
    say(here.length ? here.join(" ") : rest);
    nodes.forEach((link, k) => link.classList.toggle("rms-here", marks[k].t === t));
  }

  return { node, show, lay, draw };
}
