// The start as a handle: drag it, nudge it with the arrow keys, or click anywhere on the plane. place({x, y}, live).
// A click that `taken(place)` takes moves no start.

import { el } from "./dom.js";
import { _ } from "./language.js";

/** @import { Landscape } from "./landscape.js" */

const NUDGE = 0.01; // of the view, a key press; ten times that with shift

/** @param {HTMLElement} host @param {Landscape} landscape @param {(values: { x: number, y: number }, live: boolean) => void} place @param {(spot: [number, number]) => boolean} taken */
export function makeHandle(host, landscape, place, taken) {
  const handle = host.appendChild(el("button", { type: "button", class: "rms-start" }));
  let spot = /** @type {[number, number]} */ ([0, 0]); // the start, in data
  let dragging = false;
  let pressed = /** @type {PointerEvent | null} */ (null); // a press on the plane that may become a click

  /** @param {[number, number]} place */
  function put([x, y]) {
    spot = [x, y];
    const at = landscape.projection();
    handle.style.transform = `translate(${at.x(x)}px, ${at.y(y)}px)`;
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  function toData(event) {
    const { left, top } = host.getBoundingClientRect();
    const at = landscape.projection();
    const short = (/** @type {number} */ v, /** @type {number} */ span) => {
      const step = 10 ** Math.floor(Math.log10(span / 300)); // no more digits than a pixel tells apart
      return Number((Math.round(v / step) * step).toPrecision(12));
    };
    return [short(at.toX(event.clientX - left), at.span[0]), short(at.toY(event.clientY - top), at.span[1])];
  }

  const tell = (/** @type {boolean} */ live) => place({ x: spot[0], y: spot[1] }, live);

  handle.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    dragging = true;
  });
  handle.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    put(toData(event));
    tell(true);
  });
  handle.addEventListener("lostpointercapture", () => {
    dragging = false;
    tell(false);
  });
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // here arrows move the start, not the clock
    const { span } = landscape.projection();
    const far = NUDGE * (event.shiftKey ? 10 : 1);
    const moved = (/** @type {0 | 1} */ i) => Number((spot[i] + way[i] * far * span[i]).toPrecision(6));
    put([moved(0), moved(1)]);
    tell(false);
  });

  // A click on the plane: a press that is let go where it was, inside the axes.
  host.addEventListener("pointerdown", (event) => {
    const on = /** @type {Element} */ (event.target);
    const onPlot = event.button === 0 && on.closest(".rms-plot") && !on.closest(".modebar");
    pressed = onPlot ? event : null;
  }, true);
  window.addEventListener("pointerup", up, true);
  /** @param {PointerEvent} event */
  function up(event) {
    const from = pressed;
    pressed = null;
    if (!from || Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > 3) return;
    const [left, top, wide, high] = landscape.projection().window;
    const box = host.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - left, event.clientY - box.top - top];
    if (x < 0 || y < 0 || x > wide || y > high) return;
    if (taken(toData(event)) || handle.hidden) return;
    put(toData(event));
    tell(false);
  }

  return {
    /** @param {[number, number] | null} start */
    show(start) {
      const label = _("Start: drag it, click anywhere, or move it with the arrow keys");
      handle.hidden = start === null;
      handle.setAttribute("aria-label", label);
      handle.title = label;
      if (start && !dragging) put(start);
    },
    destroy() { window.removeEventListener("pointerup", up, true); },
  };
}
