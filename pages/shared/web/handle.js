// The start as a handle: drag it, nudge it with the arrow keys, or click anywhere on the plane. place({x, y}, live).

import { el } from "./dom.js";

const NUDGE = 0.01; // of the view, a key press; ten times that with shift

export function makeHandle(host, landscape, place) {
  const handle = host.appendChild(el("button", { type: "button", class: "rms-start" }));
  let spot = [0, 0]; // the start, in data
  let dragging = false;
  let pressed = null; // a press on the plane that may become a click

  function put([x, y]) {
    spot = [x, y];
    const at = landscape.projection();
    handle.style.transform = `translate(${at.x(x)}px, ${at.y(y)}px)`;
  }

  function toData(event) {
    const { left, top } = host.getBoundingClientRect();
    const at = landscape.projection();
    return [at.toX(event.clientX - left), at.toY(event.clientY - top)].map((v, i) => {
      const step = 10 ** Math.floor(Math.log10(at.span[i] / 300)); // no more digits than a pixel tells apart
      return Number((Math.round(v / step) * step).toPrecision(12));
    });
  }

  const tell = (live) => place({ x: spot[0], y: spot[1] }, live);

  handle.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    dragging = true;
    handle.classList.add("rms-dragged");
  });
  handle.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    put(toData(event));
    tell(true);
  });
  const letGo = () => {
    if (!dragging) return;
    dragging = false;
    handle.classList.remove("rms-dragged");
    tell(false);
  };
  handle.addEventListener("pointerup", letGo);
  handle.addEventListener("pointercancel", letGo);
  handle.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // here arrows move the start, not the clock
    const { span } = landscape.projection();
    const far = NUDGE * (event.shiftKey ? 10 : 1);
    put(spot.map((v, i) => Number((v + way[i] * far * span[i]).toPrecision(6))));
    tell(false);
  });

  // A click on the plane: a press that is let go where it was, inside the axes.
  host.addEventListener("pointerdown", (event) => {
    const onPlot = event.button === 0 && event.target.closest?.(".rms-plot") && !event.target.closest(".modebar");
    pressed = onPlot && !handle.hidden ? event : null;
  }, true);
  window.addEventListener("pointerup", up, true);
  function up(event) {
    if (!pressed || Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > 3) { pressed = null; return; }
    pressed = null;
    const [left, top, wide, high] = landscape.projection().window;
    const box = host.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - left, event.clientY - box.top - top];
    if (x < 0 || y < 0 || x > wide || y > high) return;
    put(toData(event));
    tell(false);
  }

  return {
    show(start, label) {
      handle.hidden = start === null;
      handle.setAttribute("aria-label", label);
      handle.title = label;
      if (start && !dragging) put(start);
    },
    destroy() { window.removeEventListener("pointerup", up, true); },
  };
}
