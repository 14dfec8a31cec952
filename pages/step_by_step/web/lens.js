// The memory lens: s taken apart into what each past gradient left in it, (1−ρ) ρᵏ g²ₜ₋ₖ, and ρᵗ s₀.

import { blank, el } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { ruled } from "../../shared/web/marks.js";
import { digits } from "../../shared/web/numbers.js";

/** @import { Column } from "../../shared/web/bundle.js" */
/** @import { Theme } from "../../shared/web/dom.js" */
/** @typedef {(q: string, i: number, run?: string) => boolean} Hides whether the quiz asks for q of coordinate i (of a run, this one unless said), or that gives it away, or the curtain hides it */

const LENS_BARS = 120; // so many steps back each have a bar, what is older shares one

// The terms of s at step t: {bars: [newest first], older, start, sum}.
/** @param {Column} g @param {number} rho @param {number} s0 @param {number} t */
export function remembered(g, rho, s0, t) {
  const bars = /** @type {number[]} */ ([]);
  let older = 0;
  let sum = 0;
  for (let k = 0; k < t; k++) {
    const share = (1 - rho) * rho ** k;
    const term = share * g[t - 1 - k] * g[t - 1 - k];
    sum += term;
    if (k < LENS_BARS) bars.push(term); else older += term;
  }
  const start = s0 * rho ** t;
  return { bars, older, start, sum: sum + start };
}

/** @param {Theme} theme */
export function makeLens(theme) {
  const canvas = el("canvas", { role: "img" });
  const hover = el("p", { class: "rms-lens-reading" });
  let spots = /** @type {{ from: number, to: number, text: string }[]} */ ([]);

  const ago = (/** @type {number} */ k) => (k === 0 ? _("this step") : _("{k} steps ago", { k }));

  // found: one of `remembered` for each coordinate; hides(q, i): the quiz asks for it.
  /** @param {ReturnType<typeof remembered>[]} found @param {number[]} s @param {string[]} variables @param {Hides} hides */
  function draw(found, s, variables, hides) {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    const brush = blank(canvas, width, height);
    const colours = theme();
    spots = [];
    const gap = Math.min(40, width / 20);
    const half = (width - gap) / 2;
    const [top, base] = [24, height - 20];
    found.forEach(({ bars, older, start, sum }, i) => {
      const secret = hides("s", i);
      const told = (/** @type {number} */ value) => (secret ? "?" : digits(value));
      const [from, right] = [i * (half + gap), i * (half + gap) + half];
      /** @type {{ value: number, label: string, kind?: string }[]} */
      const entries = bars.map((value, k) => ({ value, label: ago(k) })).reverse();
      if (older > 0) entries.unshift({ value: older, label: _("older"), kind: "older" });
      if (start > 0) entries.unshift({ value: start, label: _("start s₀"), kind: "start" });
      const most = Math.max(...entries.map((e) => e.value), 1e-300);
      const grid = secret ? [0] : levels(most);
      brush.font = `12px ${colours.font}`;
      const scale = 12 + Math.max(...grid.map((value) => brush.measureText(digits(value)).width)); // the numbers' room at the left
      const step = Math.min(26, (half - scale) / Math.max(entries.length, 8));
      const left = right - entries.length * step; // time runs to the right: the newest bar ends there
      const up = (/** @type {number} */ value) => ((base - top) * value) / most;
      /** @type {(text: string, x: number, y: number, align: CanvasTextAlign, font?: string) => number} */
      const write = (text, x, y, align, font = "12px") => {
        brush.font = `${font} ${colours.font}`;
        brush.fillStyle = colours.text;
        brush.textAlign = align;
        brush.fillText(text, x, y);
        return brush.measureText(text).width;
      };
      const whole = half < 300 ? "" : `${_("bars together ≈")} ${told(sum)},  `;
      write(`${variables[i]}:  ${whole}s ≈ ${told(s[i])}`, from, 13, "left", "600 13px");
      ruled(brush, colours.grid, 1);
      for (const value of grid) {
        const y = Math.round(base - up(value)) + 0.5;
        brush.beginPath(); brush.moveTo(from + scale, y); brush.lineTo(right, y); brush.stroke();
        write(digits(value), from + scale - 6, y + 4, "right");
      }
      entries.forEach(({ value, label, kind }, k) => {
        const x = left + k * step;
        const tall = Math.max(value > 0 ? 1 : 0, up(value));
        brush.fillStyle = kind === "start" ? colours.cursor : colours.of("sym-s");
        brush.globalAlpha = kind === "older" ? 0.45 : 0.85;
        brush.fillRect(x, base - tall, Math.max(step - 2, 1), tall);
        brush.globalAlpha = 1;
        spots.push({ from: x, to: x + step, text: `${variables[i]}, ${label}: ${told(value)}` });
      });
      // Below the bars: what is at the right end, at the left end, and in between where there is room.
      const line = height - 5;
      let free = right - write(ago(0), right, line, "right") - 12;
      let next = Math.max(from, Math.min(left, free - 60));
      const put = (/** @type {string} */ text) => {
        brush.font = `12px ${colours.font}`;
        if (next + brush.measureText(text).width > free) return;
        next += write(text, next, line, "left") + 10;
      };
      if (start > 0) put("ρᵗs₀");
      if (older > 0) put(_("older"));
      const last = bars.length - 1;
      if (last >= 6) { next = Math.max(next, left + (entries.length - bars.length) * step); put(ago(last)); }
    });
    canvas.setAttribute("aria-label", found.map(({ sum }, i) => `${variables[i]}: ${_("bars together ≈")} ${hides("s", i) ? "?" : digits(sum)}`).join("; "));
  }

  // 0 and one to three round numbers up to `most`.
  /** @param {number} most */
  function levels(most) {
    const power = 10 ** Math.floor(Math.log10(most));
    const step = [5, 2, 1, 0.5].map((part) => part * power).find((size) => most >= (size < power ? 1 : 2) * size) ?? power / 2;
    return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, k) => k * step);
  }

  canvas.addEventListener("pointermove", (event) => {
    const spot = spots.find(({ from, to }) => event.offsetX >= from && event.offsetX < to);
    hover.textContent = spot ? spot.text : "";
  });
  canvas.addEventListener("pointerleave", () => { hover.textContent = ""; });
  return { canvas, hover, draw };
}
