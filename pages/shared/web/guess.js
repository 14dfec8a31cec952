// Behind the curtain: a guess of where it will end, a place on the plane or a number, kept until the curtain rises or the
// clock has come to the end, and shown beside what happens.

import { el, find } from "./dom.js";
import { _ } from "./language.js";
import { drawMark, ruled } from "./marks.js";
import { digits } from "./numbers.js";

/** @import { Bundle } from "./bundle.js" */
/** @import { Projection } from "./landscape.js" */
/** @import { Pen } from "./marks.js" */
/** @import { Stage, View } from "./player.js" */

/** @param {Stage} stage @returns {View & { takes: (place: [number, number]) => boolean, aim: (hear: ((place: [number, number]) => void) | null) => void }} */
export function makeGuess({ frame, theme, landscape, modes, horizon }) {
  const box = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", size: 8 });
  const question = el("span");
  const answer = el("p", { class: "rms-answer", role: "status" });
  const label = el("label", {}, "", box);
  const node = el("div", { class: "rms-guess" }, question, label);
  find(frame, ".rms-transport").after(node, answer);
  let bundle = /** @type {Bundle | null} */ (null);
  let place = /** @type {[number, number] | null} */ (null);
  let number = NaN;
  let surface = "";
  let lowered = false;
  let heard = /** @type {((place: [number, number]) => void) | null} */ (null); // who asked for the place

  // Where each method ends.
  function ends() {
    const { runs = [], variables = [] } = bundle?.head ?? {};
    return runs.filter(({ pinned }) => !pinned).map(({ key, title, colour }) => {
      const [x, y, f] = ["x", "y", "f"].map((name) => bundle?.columns[`${key}.${name}`].at(-1) ?? NaN);
      return { title, colour, x, y, f, variables };
    });
  }

  /** @param {string} guessed @param {{ title: string, end: string, off: number }[]} found */
  function beside(guessed, found) {
    const said = found.map(({ title, end, off }) => _("{who} ends at {end}: {off} away", { who: title, end, off: digits(off, "", 3) }));
    return `${_("You guessed {guess}.", { guess: guessed })}${said.length ? ` ${said.join("; ")}.` : ""}`;
  }

  function say() {
    const told = horizon() === Infinity ? ends() : [];
    const pair = (/** @type {number} */ x, /** @type {number} */ y) => `(${digits(x, "", 3)}, ${digits(y, "", 3)})`;
    const parts = [];
    if (place) {
      const [px, py] = place;
      parts.push(beside(pair(px, py), told.map(({ title, x, y }) => ({ title, end: pair(x, y), off: Math.hypot(x - px, y - py) }))));
    }
    if (!Number.isNaN(number)) parts.push(beside(`f = ${digits(number)}`, told.map(({ title, f }) => ({ title, end: `f = ${digits(f, "", 3)}`, off: Math.abs(f - number) }))));
    answer.textContent = parts.join(" ");
  }

  /** @param {Pen} pen @param {Projection} at */
  function paint(pen, at) {
    if (!place) return;
    const colours = theme();
    const { k, bold } = colours;
    const [x, y] = [at.x(place[0]), at.y(place[1])];
    for (const end of horizon() === Infinity ? ends() : []) {
      const [ex, ey] = [at.x(end.x), at.y(end.y)];
      if (!(Math.hypot(ex, ey) < 1e5)) continue;
      ruled(pen, colours.of(end.colour), 1.5 * bold, [2, 4]);
      pen.beginPath(); pen.moveTo(x, y); pen.lineTo(ex, ey); pen.stroke();
      write(pen, digits(Math.hypot(end.x - place[0], end.y - place[1]), "", 3), (x + ex) / 2, (y + ey) / 2 - 8 * k, colours.of(end.colour));
    }
    drawMark(pen, "circle", x, y, 6 * bold, colours.background, colours.text);
    write(pen, "?", x, y + 0.5, colours.text);
  }

  /** @param {Pen} pen @param {string} text @param {number} x @param {number} y @param {string} colour */
  function write(pen, text, x, y, colour) {
    const { k, font, background } = theme();
    Object.assign(pen, { font: `650 ${12 * k}px ${font}`, textAlign: "center", textBaseline: "middle", fillStyle: background, globalAlpha: 0.7 });
    if (text !== "?") pen.fillRect(x - 4 * k * text.length, y - 8 * k, 8 * k * text.length, 16 * k);
    Object.assign(pen, { fillStyle: colour, globalAlpha: 1 });
    pen.fillText(text, x, y);
  }

  function forget() {
    [place, number] = [null, NaN];
    box.value = "";
  }

  landscape.paintOver(paint);
  box.addEventListener("input", () => {
    number = box.value.trim() ? Number(box.value.replace("−", "-").replace(",", ".")) : NaN;
    say();
  });

  return {
    // A press on the plane is a guess as long as the curtain is down, and moves no start; in a lesson only where it asks.
    takes(spot) {
      if (!modes.curtain || horizon() === Infinity) return false;
      if (document.documentElement.classList.contains("rms-taught") && !heard) return true;
      place = spot;
      heard?.(spot);
      landscape.repaint();
      say();
      return true;
    },
    // Let a click on the plane be a guess that somebody else has asked for; null: nobody does.
    aim(hear) {
      heard = hear;
    },
    show(next) {
      bundle = next;
      const who = next.head.runs.filter(({ pinned }) => !pinned).map(({ title }) => title);
      question.textContent = _("Where will {who} end? Click there,", { who: who.length > 1 ? `${who.slice(0, -1).join(", ")} ${_("and")} ${who.at(-1)}` : who[0] });
      label.firstChild?.replaceWith(_("or say f ="));
      if (surface !== next.head.surface_key) forget();
      surface = next.head.surface_key;
    },
    draw() {
      if (modes.curtain && !lowered) forget(); // a new curtain, a new question
      lowered = modes.curtain;
      frame.classList.toggle("rms-veiled", horizon() < Infinity);
      say();
    },
  };
}
