// The surface by Plotly, drawn once; paths, heads, minima and start on two canvases above it.
// Paths are never clamped: a run that leaves the view is drawn leaving it.

import { layered } from "./bundle.js";
import { el, penOf, plain } from "./dom.js";
import { drawMark } from "./marks.js";
import { plotly } from "./plotly.js";

/** @import { Colours, Pen, Plot, Plotly, Projection, Run, Surface, Theme } from "./types.js" */

/** @typedef {ReturnType<typeof makeLandscape>} Landscape */

const FRAME = { l: 50, r: 62, t: 10, b: 46 };
export const MARKED_STEPS = 150; // up to so many steps each one gets its mark

// The part of a segment inside [-far, far]², or null (Liang and Barsky 1984).
/** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number} far @returns {[number, number, number, number] | null} */
export function cutOff(x0, y0, x1, y1, far) {
  let [enter, leave] = [0, 1];
  for (const [from, delta] of [[x0, x1 - x0], [y0, y1 - y0]]) {
    for (const [p, q] of [[-delta, from + far], [delta, far - from]]) {
      if (p === 0 && q < 0) return null;
      if (p < 0) enter = Math.max(enter, q / p);
      if (p > 0) leave = Math.min(leave, q / p);
    }
  }
  if (!(enter <= leave)) return null;
  return [x0 + enter * (x1 - x0), y0 + enter * (y1 - y0), x0 + leave * (x1 - x0), y0 + leave * (y1 - y0)];
}

/**
 * A line over another one in the colour of the ground: [width, colour] of both.
 * @param {number} wide
 * @param {number} thin
 * @param {Colours} colours
 * @returns {[number, string][]}
 */
export const edge = (wide, thin, colours) => [[wide, colours.background], [thin, colours.text]];

/** @param {HTMLElement} host @param {Theme} theme @param {() => void} onZoom */
export function makeLandscape(host, theme, onZoom) {
  /** @type {Plot} */
  const plot = host.appendChild(el("div", { class: "rms-plot" }));
  const ink = host.appendChild(el("canvas")); // what stands still while the clock runs
  const now = host.appendChild(el("canvas"));
  /** @type {Surface | null} */
  let surface = null;
  /** @type {Run[]} */
  let runs = [];
  let equal = false;
  /** @type {Plotly | null} */
  let Plotly = null; // once the surface is drawn
  let box = { ratio: 1, width: 0, height: 0 };

  const left = () => FRAME.l + ((surface?.variables[1].length ?? 0) > 2 ? 14 : 0); // so that a long name does not run into the numbers

  async function drawSurface() {
    if (!surface) return;
    Plotly = await plotly();
    const { x, y, n, z, f, ticks, labels, start, size, end } = surface;
    const [across, up] = surface.variables.map(plain);
    const rows = (/** @type {Surface["z"]} */ values) => Array.from({ length: n }, (_, j) => values.subarray(j * n, (j + 1) * n));
    const axis = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
    const colours = theme();
    const narrow = host.clientWidth < 500;
    const trace = {
      type: "contour", x: axis(...x), y: axis(...y), z: rows(z), customdata: rows(f),
      colorscale: colours.surface, autocontour: false, contours: { start, size, end },
      line: { color: colours.level, width: 0.8, smoothing: 0.6 },
      hovertemplate: `${across} = %{x:.4g}<br>${up} = %{y:.4g}<br>f = %{customdata:.4g}<extra></extra>`,
      colorbar: { title: { text: surface.height, side: "top" }, thickness: 9, outlinewidth: 0, tickvals: ticks, ticktext: labels, x: 1.01, xpad: 2, len: 1 },
    };
    const axisStyle = { showgrid: false, zeroline: false, ticks: "outside", ticklen: 4, tickcolor: colours.grid, linecolor: colours.grid, fixedrange: narrow };
    const layout = {
      margin: { ...FRAME, l: left(), autoexpand: false }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: colours.background,
      font: { family: colours.font, size: 13, color: colours.text }, hoverlabel: { font: { size: 13 } }, showlegend: false,
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colours.grid, activecolor: colours.text },
      xaxis: { ...axisStyle, range: x, title: { text: across, standoff: 9 } },
      yaxis: { ...axisStyle, range: y, title: { text: up, standoff: 9 }, ...(equal ? { scaleanchor: "x" } : {}) },
      dragmode: narrow ? false : "zoom", uirevision: surface.key,
    };
    const config = { responsive: false, displaylogo: false, doubleClick: false, displayModeBar: narrow ? false : "hover", scrollZoom: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toImage", "sendChartToCloud"] };
    await Plotly.react(plot, [trace], layout, config);
    if (!plot.dataset.wired) {
      plot.dataset.wired = "yes";
      for (const event of ["plotly_relayouting", "plotly_afterplot"]) plot.on(event, onZoom);
    }
    onZoom();
  }

  /**
   * Data to pixels: Plotly's own axes once they stand, the same frame before that.
   * @returns {Projection}
   */
  function projection() {
    const layout = plot._fullLayout;
    const own = (/** @type {any} */ a) => ({ at: a._offset, long: a._length, range: a.range });
    const xs = layout?.xaxis ? own(layout.xaxis) : { at: left(), long: box.width - left() - FRAME.r, range: surface?.x ?? [0, 1] };
    const ys = layout?.yaxis ? own(layout.yaxis) : { at: FRAME.t, long: box.height - FRAME.t - FRAME.b, range: surface?.y ?? [0, 1] };
    return {
      x: (v) => xs.at + ((v - xs.range[0]) / (xs.range[1] - xs.range[0])) * xs.long,
      y: (v) => ys.at + ((ys.range[1] - v) / (ys.range[1] - ys.range[0])) * ys.long,
      toX: (px) => xs.range[0] + ((px - xs.at) / xs.long) * (xs.range[1] - xs.range[0]),
      toY: (py) => ys.range[1] - ((py - ys.at) / ys.long) * (ys.range[1] - ys.range[0]),
      span: [xs.range[1] - xs.range[0], ys.range[1] - ys.range[0]],
      window: [xs.at, ys.at, xs.long, ys.long],
    };
  }

  /** @param {HTMLCanvasElement} canvas */
  function clear(canvas) {
    const pen = penOf(canvas);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(box.ratio, 0, 0, box.ratio, 0, 0);
    return pen;
  }

  // One run's path from step a to step b. Canvas rounds pixels far outside, so a segment is cut off, along its own
  // line, at a box a hundred views wide: what is visible stays exact.
  /** @param {Pen} pen @param {Projection} at @param {{ x: Run["x"], y: Run["y"] }} run @param {number} a @param {number} b */
  function trace(pen, at, run, a, b) {
    const far = 100 * Math.max(box.width, box.height);
    pen.beginPath();
    let [x0, y0] = [at.x(run.x[a]), at.y(run.y[a])];
    pen.moveTo(x0, y0);
    for (let i = a + 1; i <= b; i++) {
      const [x1, y1] = [at.x(run.x[i]), at.y(run.y[i])];
      const near = Math.max(Math.abs(x0), Math.abs(y0), Math.abs(x1), Math.abs(y1)) <= far;
      const part = near ? [x0, y0, x1, y1] : cutOff(x0, y0, x1, y1, far);
      if (part) {
        if (!near) pen.moveTo(part[0], part[1]);
        pen.lineTo(part[2], part[3]);
      }
      [x0, y0] = [x1, y1];
    }
    pen.stroke();
  }

  /** @param {Pen} pen @param {{ colour: string, dash: number[] }} run @param {Colours} colours @param {number} width @param {number} alpha */
  function style(pen, run, colours, width, alpha) {
    pen.strokeStyle = colours.of(run.colour);
    pen.lineWidth = width;
    pen.globalAlpha = alpha;
    pen.lineJoin = "round";
    pen.setLineDash(run.dash);
  }

  /** @param {Pen} pen @param {Projection} at @param {() => void} drawing */
  function inWindow(pen, at, drawing) {
    pen.save();
    pen.beginPath(); pen.rect(...at.window); pen.clip();
    drawing();
    pen.restore();
  }

  /** @param {Pen} [onto] of a picture to save */
  function drawInk(onto) {
    if (!surface || !box.width) return;
    const pen = onto ?? clear(ink);
    const at = projection();
    const colours = theme();
    inWindow(pen, at, () => {
      for (const run of runs) {
        if (run.cloud) drawCloud(pen, at, run, colours);
        if (run.pinned) style(pen, run, colours, 1.6, 0.75); else style(pen, run, colours, 1.5, 0.28);
        trace(pen, at, run, 0, run.x.length - 1);
      }
      pen.globalAlpha = 1;
      pen.setLineDash([]);
      for (const [x, y] of surface?.minima ?? []) cross(pen, at.x(x), at.y(y), colours);
    });
    const present = runs.find(({ pinned }) => !pinned);
    if (present) ring(pen, at.x(present.x[0]), at.y(present.y[0]), colours);
  }

  // The paths of many seeds, faintly, and however many lie over each other never more than half opaque: drawn on a sheet
  // of their own, which is laid on the surface (a pen that writes SVG has no sheets).
  /** @param {Pen} pen @param {Projection} at @param {Run} run @param {Colours} colours */
  function drawCloud(pen, at, run, colours) {
    if (!pen.drawImage || !pen.canvas || !pen.getTransform || !pen.setTransform) { strokeCloud(pen, at, run, colours); return; }
    const sheet = Object.assign(document.createElement("canvas"), { width: pen.canvas.width, height: pen.canvas.height });
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
    if (!run.cloud) return;
    const { paths, seeds } = run.cloud;
    const rows = paths.length / (2 * seeds);
    style(pen, { ...run, dash: [] }, colours, 1, Math.max(0.07, Math.min(0.4, 8 / seeds)));
    for (let k = 0; k < seeds; k++) {
      pen.beginPath();
      for (let i = 0, from = 2 * rows * k; i < rows; i++) {
        const [x, y] = [at.x(paths[from + i]), at.y(paths[from + rows + i])];
        if (!Number.isFinite(x) || !Number.isFinite(y)) break;
        pen.lineTo(x, y);
      }
      pen.stroke();
    }
  }

  /** @param {Pen} pen @param {number} x @param {number} y @param {Colours} colours */
  function cross(pen, x, y, colours) {
    for (const [width, colour] of edge(5, 2.2, colours)) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath(); pen.moveTo(x - 6, y); pen.lineTo(x + 6, y); pen.moveTo(x, y - 6); pen.lineTo(x, y + 6); pen.stroke();
    }
  }

  /** @param {Pen} pen @param {number} x @param {number} y @param {Colours} colours */
  function ring(pen, x, y, colours) {
    pen.setLineDash([]);
    for (const [width, colour] of edge(4.5, 2, colours)) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath(); pen.arc(x, y, 7, 0, 2 * Math.PI); pen.stroke();
    }
  }

  /** @param {number} t @param {Pen} [onto] of a picture to save */
  function draw(t, onto) {
    if (!surface || !box.width) return;
    const pen = onto ?? clear(now);
    const at = projection();
    const colours = theme();
    inWindow(pen, at, () => {
      for (const run of runs) {
        if (run.pinned) continue; // it stands there whole; its head moves with the others
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
        for (let i = 1; i < last; i++) drawMark(pen, run.mark, at.x(run.x[i]), at.y(run.y[i]), 2.6, colours.of(run.colour));
      }
      for (const run of runs) head(pen, at, run, t, colours);
    });
  }

  /** @param {Pen} pen @param {Projection} at @param {Run} run @param {number} t @param {Colours} colours */
  function head(pen, at, run, t, colours) {
    const last = Math.min(t, run.x.length - 1);
    const [x, y] = [at.x(run.x[last]), at.y(run.y[last])];
    drawMark(pen, run.mark, x, y, 7, colours.of(run.colour), colours.background);
    if (!run.ended || t < run.x.length - 1) return;
    pen.strokeStyle = colours.background; // a run that ended early rests here, crossed out
    pen.lineWidth = 2;
    pen.beginPath(); pen.moveTo(x - 3.5, y - 3.5); pen.lineTo(x + 3.5, y + 3.5); pen.moveTo(x + 3.5, y - 3.5); pen.lineTo(x - 3.5, y + 3.5); pen.stroke();
  }

  return {
    drawInk,
    draw,
    projection,
    plot,
    get key() { return surface?.key; },
    /** @param {Surface} next */
    setSurface(next) {
      surface = next;
      host.style.setProperty("--left", `${left() + 8}px`); // of the legend: inside the axes
      return drawSurface();
    },
    /** @param {Run[]} next */
    setRuns(next) { runs = layered(next); },
    /** @param {boolean} on */
    setEqual(on) { equal = on; return drawSurface(); },
    restyle: drawSurface,
    resize() {
      const ratio = window.devicePixelRatio || 1;
      box = { ratio, width: host.clientWidth, height: host.clientHeight };
      for (const c of [ink, now]) {
        Object.assign(c, { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) });
        Object.assign(c.style, { width: `${box.width}px`, height: `${box.height}px` });
      }
      if (plot._fullLayout) Plotly?.relayout(plot, { width: box.width, height: box.height });
    },
    destroy() { if (plot._fullLayout) Plotly?.purge(plot); },
  };
}
