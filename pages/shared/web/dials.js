// The dials: rows of symbol, track and number box, live while they are dragged, one request in flight. Where data.preview
// says so the runs of a dial under the hand are fetched, and the page hears of it when it is let go.
// data: {ack, preview: {path, query}, errors: {name: sentence}, groups: [{title, mark, method, rows: [{name, symbol, label, scale, min, max, value, whole}]}]}
// send("dial", {seq, run, live, values: {name: number or text}})

import { el, setTheme } from "./dom.js";
import { makePreview } from "./preview.js";
import { stage } from "./stage.js";

const boards = new WeakMap();
const TRACK = 1000;
const SETTLE = 250; // ms from letting go to writing the link
const PATIENCE = 2000; // ms after which an unanswered request no longer holds up the next

// Tracks: linear; log, with 0 at its very start where min is 0 (`least` is the smallest number above it);
// tail, for ρ and μ, even steps in the digits of 1 − value.
const SCALES = {
  linear: { to: (p, { min, max }) => min + p * (max - min), from: (v, { min, max }) => (v - min) / (max - min) },
  log: {
    to: (p, { min, max, least }) => (min === 0 && p === 0 ? 0 : (least ?? min) * (max / (least ?? min)) ** p),
    from: (v, { min, max, least }) => (v <= 0 ? 0 : Math.log(v / (least ?? min)) / Math.log(max / (least ?? min))),
  },
  tail: { to: (p, { max }) => 1 - (1 - max) ** p, from: (v, { max }) => Math.log(1 - v) / Math.log(1 - max) },
};

function rounded(value, row) {
  if (row.whole) return Math.round(value);
  if (row.scale === "tail") return 1 - Number((1 - value).toPrecision(2));
  if (row.scale === "linear") return Number(value.toFixed(Math.max(0, 2 - Math.floor(Math.log10((row.max - row.min) / 10)))));
  return Number(value.toPrecision(3));
}

const written = (value) => String(Number(Number(value).toPrecision(12)));

export function dials(root, data, send) {
  let board = boards.get(root);
  if (!board) boards.set(root, (board = makeBoard(root)));
  stage.dials = board;
  board.update(data, send);
}

function makeBoard(root) {
  const frame = el("div", { class: "rms-dials" });
  root.append(frame);
  let send = () => {};
  let rows = {};
  let shape = "";
  let seq = 0;
  let flying = 0; // the request that has not been answered yet
  let waiting = null; // what to send when it has
  let preview = null; // where runs are fetched, and the link that the turned dials change
  let drafts = {}; // what has been turned and the server does not know yet
  let posted = 0; // the latest turn
  let painted = ""; // which run has been fetched last
  const ask = makePreview((bytes, turn) => stage.player?.preview(bytes, turn));
  let patience = 0;
  let settling = 0;
  let held = null; // the input under the user's hand: an answer does not move it

  async function post(values, live) {
    posted = ++seq;
    Object.assign(drafts, values);
    if (preview) {
      const url = `${preview.path}?${new URLSearchParams({ ...preview.query, ...drafts, have: stage.player?.surface() ?? "" })}`;
      const shown = url === painted || (await ask(url, posted));
      if (shown) painted = url;
      if (shown && live) return;
    }
    queue(values, live);
  }

  function queue(values, live) {
    waiting = { live, values: { ...waiting?.values, ...values } };
    if (!flying) fly();
  }

  function fly() {
    if (!waiting) return;
    flying = ++seq;
    send("dial", { seq, run: stage.player?.run() ?? "", ...waiting });
    waiting = null;
    clearTimeout(patience);
    patience = setTimeout(() => { flying = 0; fly(); }, PATIENCE);
  }

  function build(groups) {
    rows = {};
    frame.replaceChildren();
    for (const group of groups) {
      const box = el("fieldset", { class: "rms-group", style: group.method ? `--method: var(--${group.method})` : "" });
      box.append(el("legend", {}, group.method ? el("b", { class: `rms-swatch rms-${group.mark}` }) : "", group.title));
      for (const row of group.rows) box.append(makeRow(row));
      frame.append(box);
    }
  }

  function makeRow(row) {
    const track = el("input", { type: "range", name: row.name, min: 0, max: TRACK, step: 1, "aria-label": row.label });
    const number = el("input", { type: "text", inputmode: "decimal", name: row.name, "aria-label": row.label, autocomplete: "off", spellcheck: "false" });
    const error = el("small", { class: "rms-error", role: "alert" });
    const entry = { row, track, number, error };
    rows[row.name] = entry;
    const value = () => rounded(SCALES[entry.row.scale].to(track.value / TRACK, entry.row), entry.row);
    track.addEventListener("input", () => {
      held = track;
      number.value = written(value());
      track.setAttribute("aria-valuetext", number.value);
      post({ [row.name]: value() }, true);
    });
    track.addEventListener("change", () => {
      held = null;
      clearTimeout(settling); // a key press is both a turn and a letting go: one run, then the link
      settling = setTimeout(() => post({ [row.name]: value() }, false), SETTLE);
    });
    number.addEventListener("change", () => {
      const typed = Number(number.value);
      if (Number.isFinite(typed)) track.value = TRACK * SCALES[entry.row.scale].from(typed, entry.row);
      post({ [row.name]: number.value.trim() }, false);
    });
    number.addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      track.value = Number(track.value) + way * 10;
      number.value = written(value());
      post({ [row.name]: value() }, false);
    });
    return el("label", { class: "rms-dial", title: row.label }, el("span", { class: "rms-symbol" }, row.symbol), track, number, error);
  }

  function show({ row, track, number }) {
    if (held === track) return;
    track.value = TRACK * SCALES[row.scale].from(row.value, row);
    track.setAttribute("aria-valuetext", written(row.value));
    number.value = written(row.value);
  }

  function answer({ ack, errors }) {
    for (const [name, { number, error }] of Object.entries(rows)) { // what was typed stays there to be mended
      error.textContent = errors[name] ?? "";
      number.classList.toggle("rms-wrong", name in errors);
      number.setAttribute("aria-invalid", String(name in errors));
    }
    seq = Math.max(seq, ack);
    frame.dataset.ack = ack;
    if (ack < flying) return;
    flying = 0;
    clearTimeout(patience);
    fly();
  }

  return {
    turn(values, live) { // from elsewhere, as the start is when it is dragged on the plane
      for (const [name, value] of Object.entries(values)) {
        const entry = rows[name];
        if (!entry) continue;
        entry.number.value = written(value);
        entry.track.value = TRACK * SCALES[entry.row.scale].from(value, entry.row);
      }
      post(values, live);
    },
    update(data, sendTo) {
      send = sendTo;
      setTheme(frame);
      const next = JSON.stringify(data.groups.map((g) => [g.title, g.rows.map((r) => [r.name, r.label])]));
      if (next !== shape) { shape = next; build(data.groups); }
      preview = data.preview;
      if (data.ack >= posted || !data.ack) drafts = {};
      const settled = !Object.keys(drafts).length; // an older answer must not move what has been turned since
      for (const row of data.groups.flatMap((g) => g.rows)) {
        rows[row.name].row = row;
        const typed = rows[row.name].number.value !== "" && row.name in data.errors;
        if (settled && !typed) show(rows[row.name]);
      }
      answer(data);
    },
  };
}
