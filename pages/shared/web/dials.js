// The dials: rows of symbol, track and number box. Where data.live says so the player shows each turn by itself, and the
// page hears of it when the dial is let go; else it hears of each, one message in flight.
// send("dial", {seq, run, live, values: {name: number or text}})

import { el, setTheme, settled } from "./dom.js";
import { stage } from "./stage.js";

/** @import { Send } from "./player.js" */

/**
 * @typedef {object} Row one dial; `scale` names its track
 * @property {string} name its key in the link
 * @property {string} symbol
 * @property {string} [word] beside it
 * @property {string} label
 * @property {"linear" | "log" | "tail"} scale
 * @property {number} min
 * @property {number} max
 * @property {number} [least]
 * @property {boolean} [whole]
 * @property {boolean} [locked]
 * @property {number} value
 */
/**
 * @typedef {object} Switch a setting that is on or off
 * @property {string} name its key in the link
 * @property {string} label
 * @property {string} help
 * @property {boolean} value
 * @property {string} on how the link spells it
 * @property {string} off
 * @property {boolean} disabled
 */
/** @typedef {{ title: string, method: { colour: string, mark: string } | null, shown: Switch | null, switches: Switch[], rows: Row[] }} Group */
/** @typedef {{ ack: number, session: string, live: boolean, errors: Record<string, string>, groups: Group[] }} Data */
/** @typedef {Record<string, number | string>} Values */

/** @typedef {ReturnType<typeof makeBoard>} Board */

const boards = /** @type {WeakMap<HTMLElement, Board>} */ (new WeakMap());
const TRACK = 1000;
const SETTLE = 250; // ms from letting go to writing the link
const PATIENCE = 2000; // ms after which an unanswered request no longer holds up the next

// Tracks: linear; log, with 0 at its very start where min is 0 (`least` is the smallest number above it);
// tail, for ρ and μ, even steps in the digits of 1 − value.
/** @type {Record<Row["scale"], { to: (part: number, row: Row) => number, from: (value: number, row: Row) => number }>} */
const SCALES = {
  linear: { to: (p, { min, max }) => min + p * (max - min), from: (v, { min, max }) => (v - min) / (max - min) },
  log: {
    to: (p, { min, max, least }) => (min === 0 && p === 0 ? 0 : (least ?? min) * (max / (least ?? min)) ** p),
    from: (v, { min, max, least }) => (v <= 0 ? 0 : Math.log(v / (least ?? min)) / Math.log(max / (least ?? min))),
  },
  tail: { to: (p, { max }) => 1 - (1 - max) ** p, from: (v, { max }) => Math.log(1 - v) / Math.log(1 - max) },
};

/** @param {number} value @param {Row} row */
function rounded(value, row) {
  if (row.whole) return Math.round(value);
  if (row.scale === "tail") return 1 - Number((1 - value).toPrecision(2));
  if (row.scale === "linear") return Number(value.toFixed(Math.max(0, 2 - Math.floor(Math.log10((row.max - row.min) / 10)))));
  return Number(value.toPrecision(3));
}

const placed = (/** @type {number} */ value, /** @type {Row} */ row) => String(TRACK * SCALES[row.scale].from(value, row));
const texts = (/** @type {Values} */ values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
const written = (/** @type {number | string} */ value) => String(Number(Number(value).toPrecision(12)));

/** @param {HTMLElement} root @param {Data} data @param {Send} send */
export function dials(root, data, send) {
  const board = boards.get(root) ?? makeBoard(root);
  boards.set(root, board);
  stage.dials = board;
  board.update(data, send);
}

/** @param {HTMLElement} root */
function makeBoard(root) {
  const frame = el("div", { class: "rms-dials" });
  root.append(frame);
  /** @type {Send} */
  let send = () => {};
  /** @type {Record<string, { row: Row, track: HTMLInputElement, number: HTMLInputElement, error: HTMLElement }>} */
  let rows = {};
  let switches = /** @type {{ row: Switch, box: HTMLInputElement }[]} */ ([]);
  let shape = "";
  let seq = 0;
  let flying = 0; // the request that has not been answered yet
  let waiting = /** @type {{ live: boolean, values: Values } | null} */ (null); // what to send when it has
  let live = false; // whether the player shows a turn by itself
  let posted = 0; // the latest turn
  let unheard = /** @type {Values} */ ({}); // what the page has not answered yet: a new session knows nothing of it
  let session = "";
  // A key press is both a turn and a letting go: one run, then the link.
  const release = settled((/** @type {Values} */ values) => post(values, false), SETTLE);
  const patience = settled(() => { flying = 0; fly(); }, PATIENCE);
  /** @type {HTMLInputElement | null} */
  let held = null; // the input under the user's hand: an answer does not move it

  /** @param {Values} values @param {boolean} held the dial is still under the hand */
  async function post(values, held) {
    posted = ++seq;
    unheard = { ...unheard, ...values };
    const shown = live && (await stage.player?.turn(texts(values), posted));
    if (!shown || !held) queue(values, held);
  }

  /** @param {Values} values @param {boolean} held */
  function queue(values, held) {
    waiting = { live: held, values: { ...waiting?.values, ...values } };
    if (!flying) fly();
  }

  function fly() {
    if (!waiting) return;
    flying = ++seq;
    send("dial", { seq, ...waiting });
    waiting = null;
    patience.soon();
  }

  /** @param {Group[]} groups */
  function build(groups) {
    rows = {};
    switches = [];
    frame.replaceChildren(...groups.map((group) => {
      const { method, shown } = group;
      const name = [method ? el("b", { class: `rms-swatch rms-${method.mark}` }) : "", group.title];
      const title = el("legend", {}, ...(shown ? [makeSwitch(shown, ...name)] : name), ...group.switches.map((each) => makeSwitch(each, each.label)));
      return el("fieldset", { class: "rms-group", style: method ? `--method: var(--${method.colour})` : "" }, title, ...group.rows.map(makeRow));
    }));
  }

  /** @param {Switch} row @param {(Node | string)[]} name */
  function makeSwitch(row, ...name) {
    const box = el("input", { type: "checkbox", name: row.name, "aria-label": row.label });
    const entry = { row, box };
    switches.push(entry);
    box.addEventListener("change", () => post({ [row.name]: box.checked ? entry.row.on : entry.row.off }, false));
    return el("label", { class: "rms-switch", title: row.help }, box, ...name);
  }

  /** @param {Row} row */
  function makeRow(row) {
    const track = el("input", { type: "range", name: row.name, min: 0, max: TRACK, step: 1, "aria-label": row.label });
    const number = el("input", { type: "text", inputmode: "decimal", name: row.name, "aria-label": row.label, autocomplete: "off", spellcheck: "false" });
    const error = el("small", { class: "rms-error", role: "alert" });
    track.disabled = number.disabled = Boolean(row.locked);
    const entry = { row, track, number, error };
    rows[row.name] = entry;
    const value = () => rounded(SCALES[entry.row.scale].to(Number(track.value) / TRACK, entry.row), entry.row);
    track.addEventListener("input", () => {
      held = track;
      number.value = written(value());
      track.setAttribute("aria-valuetext", number.value);
      post({ [row.name]: value() }, true);
    });
    track.addEventListener("change", () => {
      held = null;
      release.soon({ [row.name]: value() });
    });
    number.addEventListener("change", () => {
      const typed = Number(number.value);
      if (Number.isFinite(typed)) track.value = placed(typed, entry.row);
      post({ [row.name]: number.value.trim() }, false);
    });
    number.addEventListener("keydown", (event) => {
      if (event.key === "Enter") number.blur(); // what is typed is taken, and the keys are the player's again
      const way = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
      if (!way) return;
      event.preventDefault();
      track.value = String(Number(track.value) + way * 10);
      number.value = written(value());
      post({ [row.name]: value() }, false);
    });
    return el("label", { class: "rms-dial", title: row.label }, el("span", { class: "rms-symbol" }, row.symbol, " ", el("small", {}, row.word ?? "")), track, number, error);
  }

  /** @param {{ row: Row, track: HTMLInputElement, number: HTMLInputElement }} entry */
  function show({ row, track, number }) {
    if (held === track) return;
    track.value = placed(row.value, row);
    track.setAttribute("aria-valuetext", written(row.value));
    number.value = written(row.value);
  }

  /** @param {Data} data */
  function answer({ ack, errors }) {
    for (const [name, { number, error }] of Object.entries(rows)) { // what was typed stays there to be mended
      error.textContent = errors[name] ?? "";
      number.classList.toggle("rms-wrong", name in errors);
      number.setAttribute("aria-invalid", String(name in errors));
    }
    seq = Math.max(seq, ack);
    frame.dataset.ack = String(ack);
    if (ack < flying) return;
    flying = 0;
    patience.forget();
    fly();
  }

  return {
    /** @param {Record<string, number>} values @param {boolean} held */
    turn(values, held) { // from elsewhere, as the start is when it is dragged on the plane
      for (const [name, value] of Object.entries(values)) {
        const entry = rows[name];
        if (!entry) continue;
        entry.number.value = written(value);
        entry.track.value = placed(value, entry.row);
      }
      post(values, held);
    },
    // Show what has followed from a turn; what has not is as the page last told.
    /** @param {Record<string, string>} values */
    bring(values) {
      for (const entry of Object.values(rows)) {
        const value = Number(values[entry.row.name] ?? entry.row.value);
        if (!entry.number.classList.contains("rms-wrong")) show({ ...entry, row: { ...entry.row, value } });
      }
      for (const { row, box } of switches) box.checked = values[row.name] === row.on || (row.value && values[row.name] !== row.off);
    },
    forget() {
      release.forget();
      waiting = null;
      unheard = {};
      posted = 0;
    },
    /** @param {Data} data @param {Send} sendTo */
    update(data, sendTo) {
      send = sendTo;
      setTheme(frame);
      const next = JSON.stringify(data.groups.map((g) => [g.title, [g.shown, ...g.switches, ...g.rows].map((r) => r && [r.name, r.label, "locked" in r && r.locked])]));
      if (next !== shape) { shape = next; build(data.groups); }
      live = data.live;
      const settled = data.ack >= posted; // an older answer must not move what has been turned since
      if (settled) unheard = {};
      for (const row of data.groups.flatMap((g) => g.rows)) {
        rows[row.name].row = row;
        const typed = rows[row.name].number.value !== "" && row.name in data.errors;
        if (settled && !typed) show(rows[row.name]);
      }
      const told = data.groups.flatMap((g) => [...(g.shown ? [g.shown] : []), ...g.switches]);
      for (const [k, entry] of switches.entries()) {
        entry.row = told[k];
        entry.box.disabled = entry.row.disabled;
        if (settled) entry.box.checked = entry.row.value;
      }
      answer(data);
      if (!settled && data.session !== session) post(unheard, false);
      session = data.session;
    },
  };
}
