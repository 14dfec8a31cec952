// The surface by Plotly, drawn once; paths, heads, minima and start on two canvases above it.
// Paths are never clamped: a run that leaves the view is drawn leaving it.

import { blank, el, penOf, plain } from "./dom.js";
import { partInside } from "./ground.js";
import { drawHead, drawMark, drawMinimum, drawStart, ruled } from "./marks.js";
import { plotly } from "./plotly.js";

/** @import { Run, Surface } from "./bundle.js" */
/** @import { Colours, Theme } from "./dom.js" */
/** @import { Pen } from "./marks.js" */
/** @import { Plot, Plotly } from "./plotly.js" */

/** @typedef {ReturnType<typeof makeLandscape>} Landscape */
/** Data to pixels and back, of the axes on show. @typedef {{ x: (v: number) => number, y: (v: number) => number, toX: (px: number) => number, toY: (py: number) => number, span: [number, number], window: [number, number, number, number] }} Projection */

const FRAME = { l: 50, r: 62, t: 10, b: 46 };
export const MARKED_STEPS = 150; // up to so many steps each one gets its mark

/** Who paints on the canvases: the map, or a view that stands in its place. @typedef {{ plot: Plot, ink: (pen: Pen) => void, now: (pen: Pen, t: number) => void }} Painter */

/** @param {HTMLElement} host @param {Theme} theme @param {() => void} onZoom @param {() => number} horizon the last step that may be seen */
export function makeLandscape(host, theme, onZoom, horizon) {
  const plot = /** @type {Plot} */ (host.appendChild(el("div", { class: "rms-plot" })));
  const ink = host.appendChild(el("canvas")); // what stands still while the clock runs
  const now = host.appendChild(el("canvas"));
  let surface = /** @type {Surface | null} */ (null);
  let runs = /** @type {Run[]} */ ([]);
  let equal = false;
  let Plotly = /** @type {Plotly | null} */ (null); // once the surface is drawn
  let box = { width: 0, height: 0 };
  let clock = 0;
  let inked = Infinity; // the step to which is drawn what stands still
  /** @type {(pen: Pen, at: Projection) => void} */
  let over = () => {};
  /** @type {Painter} */
  const map = { plot, ink: paintInk, now: paintNow };
  let painter = map;

  function margins() {
    const { k } = theme();
    const more = (surface?.variables[1].length ?? 0) > 2 ? 14 : 0; // so that a long name does not run into the numbers
    return { l: k * (FRAME.l + more), r: k * FRAME.r, t: k * FRAME.t, b: k * FRAME.b };
  }

  async function drawSurface() {
    if (!surface) return;
    Plotly = await plotly();
    const { x, y, n, z, f, ticks, labels, start, size, end } = surface;
    const [across, up] = surface.variables.map(plain);
    const rows = (/** @type {Surface["z"]} */ values) => Array.from({ length: n }, (_, j) => values.subarray(j * n, (j + 1) * n));
    const axis = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
    const colours = theme();
    const narrow = host.clientWidth < 500;
    const { k } = colours;
    host.style.setProperty("--left", `${margins().l + 8}px`); // of the legend: inside the axes
    const trace = {
      type: "contour", x: axis(...x), y: axis(...y), z: rows(z), customdata: rows(f),
      colorscale: colours.surface, autocontour: false, contours: { start, size, end },
      line: { color: colours.level, width: 0.8 * colours.bold, smoothing: 0.6 },
      hovertemplate: `${across} = %{x:.4g}<br>${up} = %{y:.4g}<br>f = %{customdata:.4g}<extra></extra>`,
      colorbar: { title: { text: surface.height, side: "top" }, thickness: 9 * k, outlinewidth: 0, tickvals: ticks, ticktext: labels, x: 1.01, xpad: 2, len: 1 },
    };
    const axisStyle = { showgrid: false, zeroline: false, ticks: "outside", ticklen: 4, tickcolor: colours.grid, linecolor: colours.grid, fixedrange: narrow };
    const layout = {
      margin: { ...margins(), autoexpand: false }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: colours.background,
      font: { family: colours.font, size: 13 * k, color: colours.text }, hoverlabel: { font: { size: 13 * k } }, showlegend: false,
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colours.grid, activecolor: colours.text },
      xaxis: { ...axisStyle, range: x, title: { text: across, standoff: 9 / k } },
      yaxis: { ...axisStyle, range: y, title: { text: up, standoff: 9 / k }, ...(equal ? { scaleanchor: "x" } : {}) },
      dragmode: narrow ? false : "zoom", uirevision: surface.key,
    };
    const config = { responsive: false, displaylogo: false, doubleClick: false, displayModeBar: narrow ? false : "hover", scrollZoom: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toImage", "sendChartToCloud"] };
    await Plotly.react(plot, [trace], layout, config);
    if (!plot.dataset.wired) {
      plot.dataset.wired = "yes";
      for (const event of ["plotly_relayouting", "plotly_afterplot"]) plot.on(event, moved);
    }
    moved();
  }

  function moved() {
    repaint();
    onZoom();
  }

  // Plotly's own axes once they stand, the same frame before that.
  /** @returns {Projection} */
  function projection() {
    const layout = plot._fullLayout;
    const { l, r, t, b } = margins();
    const own = (/** @type {any} */ a) => ({ at: a._offset, long: a._length, range: a.range });
    const xs = layout?.xaxis ? own(layout.xaxis) : { at: l, long: box.width - l - r, range: surface?.x ?? [0, 1] };
    const ys = layout?.yaxis ? own(layout.yaxis) : { at: t, long: box.height - t - b, range: surface?.y ?? [0, 1] };
    return {
      x: (v) => xs.at + ((v - xs.range[0]) / (xs.range[1] - xs.range[0])) * xs.long,
      y: (v) => ys.at + ((ys.range[1] - v) / (ys.range[1] - ys.range[0])) * ys.long,
      toX: (px) => xs.range[0] + ((px - xs.at) / xs.long) * (xs.range[1] - xs.range[0]),
      toY: (py) => ys.range[1] - ((py - ys.at) / ys.long) * (ys.range[1] - ys.range[0]),
      span: [xs.range[1] - xs.range[0], ys.range[1] - ys.range[0]],
      window: [xs.at, ys.at, xs.long, ys.long],
    };
  }

  // One run's path from step a to step b. Canvas rounds pixels far outside, so a segment is cut off, along its own
  // line, at a box a hundred views wide: what is visible stays exact.
  /** @param {Pen} pen @param {Projection} at @param {{ x: Run["x"], y: Run["y"] }} run @param {number} a @param {number} b */
  function trace(pen, at, run, a, b) {
    const far = 100 * Math.max(box.width, box.height);
    const wide = /** @type {[number, number]} */ ([-far, far]);
    pen.beginPath();
    let [x0, y0] = [at.x(run.x[a]), at.y(run.y[a])];
    pen.moveTo(x0, y0);
    for (let i = a + 1; i <= b; i++) {
      const [x1, y1] = [at.x(run.x[i]), at.y(run.y[i])];
      const near = Math.max(Math.abs(x0), Math.abs(y0), Math.abs(x1), Math.abs(y1)) <= far;
      const part = near ? null : partInside(x0, y0, x1, y1, { x: wide, y: wide });
      if (near) pen.lineTo(x1, y1);
      if (part) {
        const [[a, b], [c, d]] = part.map((k) => [x0 + k * (x1 - x0), y0 + k * (y1 - y0)]);
        pen.moveTo(a, b);
        pen.lineTo(c, d);
      }
      [x0, y0] = [x1, y1];
    }
    pen.stroke();
  }

  /** @param {Pen} pen @param {{ colour: string, dash: number[] }} run @param {Colours} colours @param {number} width @param {number} alpha */
  function style(pen, run, colours, width, alpha) {
    ruled(pen, colours.of(run.colour), width * colours.bold, run.dash);
    pen.globalAlpha = alpha;
    pen.lineJoin = "round";
  }

  /** @param {Pen} pen @param {Projection} at @param {() => void} drawing */
  function inWindow(pen, at, drawing) {
    pen.save();
    pen.beginPath(); pen.rect(...at.window); pen.clip();
    drawing();
    pen.restore();
  }

  /** @param {Pen} pen */
  function paintInk(pen) {
    const at = projection();
    const colours = theme();
    inWindow(pen, at, () => {
      for (const run of runs) {
        if (run.cloud) drawCloud(pen, at, run, colours);
        if (run.pinned) continue;
        style(pen, run, colours, 1.5, 0.28);
        trace(pen, at, run, 0, Math.min(horizon(), run.x.length - 1));
      }
      pen.globalAlpha = 1;
      for (const [x, y] of surface?.minima ?? []) drawMinimum(pen, at.x(x), at.y(y), colours);
    });
    const present = runs.find(({ pinned }) => !pinned);
    if (present) drawStart(pen, at.x(present.x[0]), at.y(present.y[0]), colours);
  }

  // The paths of many seeds, faintly, and however many lie over each other never more than half opaque: drawn on a sheet
  // of their own, which is laid on the surface.
  /** @param {Pen} pen @param {Projection} at @param {Run} run @param {Colours} colours */
  function drawCloud(pen, at, run, colours) {
    if (!(pen instanceof CanvasRenderingContext2D)) { pen.layer?.(0.5, () => strokeCloud(pen, at, run, colours)); return; }
    const sheet = el("canvas", { width: pen.canvas.width, height: pen.canvas.height });
    const own = penOf(sheet);
    own.setTransform(pen.getTransform());
    strokeCloud(own, at, run, colours);
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 0.5;
    pen.drawImage(sheet, 0, 0);
    pen.restore();
  }

  // x of a path, then its y, then the next path. An ended one is NaN from there.
  /** @param {Pen} pen @param {Projection} at @param {Run} run @param {Colours} colours */
  function strokeCloud(pen, at, run, colours) {
    const { cloud: paths, seeds } = run;
    if (!paths) return;
    const rows = paths.length / (2 * seeds);
    style(pen, { ...run, dash: [] }, colours, 1, Math.max(0.07, Math.min(0.4, 8 / seeds)));
    for (let k = 0; k < seeds; k++) {
      pen.beginPath();
      for (let i = 0, from = 2 * rows * k; i < rows && i <= horizon(); i++) {
        const [x, y] = [at.x(paths[from + i]), at.y(paths[from + rows + i])];
        if (!Number.isFinite(x) || !Number.isFinite(y)) break;
        pen.lineTo(x, y);
      }
      pen.stroke();
    }
  }

  /** @param {Pen} pen @param {number} t */
  function paintNow(pen, t) {
    const at = projection();
    const colours = theme();
    inWindow(pen, at, () => {
      for (const run of runs) {
        if (run.pinned) continue;
        const last = Math.min(t, run.x.length - 1);
        if (run.cloud) { // an edge lets the path stand out
          style(pen, run, colours, 5.5, 0.8);
          pen.setLineDash([]);
          pen.strokeStyle = colours.background;
          trace(pen, at, run, 0, last);
        }
        style(pen, run, colours, 2.6, 1);
        trace(pen, at, run, 0, last);
        if (last > MARKED_STEPS) continue;
        for (let i = 1; i < last; i++) drawMark(pen, run.mark, at.x(run.x[i]), at.y(run.y[i]), 2.6 * colours.bold, colours.of(run.colour));
      }
      for (const run of runs) { // what is pinned stands there whole, its head moves with the others
        if (!run.pinned) continue;
        style(pen, run, colours, 1.6, 1);
        trace(pen, at, run, 0, Math.min(horizon(), run.x.length - 1));
      }
      for (const run of runs) {
        const last = Math.min(t, run.x.length - 1);
        drawHead(pen, run, at.x(run.x[last]), at.y(run.y[last]), t >= run.x.length - 1, colours);
      }
      over(pen, at);
    });
  }

  /** @param {Pen} [onto] of a picture to save */
  function drawInk(onto) {
    inked = horizon();
    if (surface && box.width) painter.ink(onto ?? blank(ink, box.width, box.height));
  }

  /** @param {number} t @param {Pen} [onto] of a picture to save */
  function draw(t, onto) {
    clock = t;
    if (horizon() !== inked) drawInk(onto);
    if (surface && box.width) painter.now(onto ?? blank(now, box.width, box.height), t);
  }

  function repaint() {
    drawInk();
    draw(clock);
  }

  function resize() {
    box = { width: host.clientWidth, height: host.clientHeight };
    const style = { width: `${box.width}px`, height: `${box.height}px` }; // of whole pixels, so that the canvases stay sharp
    for (const canvas of [ink, now]) Object.assign(canvas.style, style);
    for (const each of new Set([map, painter])) {
      const { width, height } = each.plot._fullLayout ?? box;
      if (width !== box.width || height !== box.height) Plotly?.relayout(each.plot, box);
    }
  }

  return {
    drawInk,
    draw,
    repaint,
    resize,
    projection,
    get painter() { return painter; },
    get surface() { return surface; },
    get runs() { return runs; },
    /** @param {typeof over} paint what else is on the map */
    paintOver(paint) { over = paint; },
    /** @param {Painter | null} view in the map's place */
    setPainter(view) {
      painter = view ?? map;
      resize();
      repaint();
    },
    /** @param {Surface} next */
    setSurface(next) {
      surface = next;
      return drawSurface();
    },
    /** @param {Run[]} next */
    setRuns(next) { runs = [...next].reverse().sort((a, b) => Number(b.pinned) - Number(a.pinned)); }, // the first on top: a circle leaves the corners of a square
    /** @param {boolean} on */
    setEqual(on) { equal = on; return drawSurface(); },
    restyle: drawSurface,
    destroy() { if (plot._fullLayout) Plotly?.purge(plot); },
  };
}
