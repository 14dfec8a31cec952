// The surface in 3-D, over the contour, on the same clock. Plotly's WebGL draws the surface and its axes, once a surface;
// paths, heads and marks are painted on the map's canvases, put in their places by Plotly's own camera: a step costs no
// WebGL frame.
//
// Heights are f, or where the contour has logarithmic levels log(f − floor + unit): one rising function for surface and
// paths alike, finite at the minimum too. A step's point has its exact height; the line between two lies on the surface.

import { el, find, mixed, plain } from "./dom.js";
import { drape, makeGround } from "./ground.js";
import { MARKED_STEPS } from "./landscape.js";
import { _ } from "./language.js";
import { drawHead, drawMark, drawMinimum, drawStart, ruled } from "./marks.js";
import { plotly } from "./plotly.js";

/** @import { Ground, Point } from "./ground.js" */
/** @import { Told } from "pages/shared/wire/head.py" */
/** @import { Column, Run, Surface } from "./bundle.js" */
/** @import { Pen } from "./marks.js" */
/** @import { Stage, View } from "./player.js" */
/** @import { Plot, Plotly } from "./plotly.js" */

/** A run's points, where they are on the screen, and whether the surface hides them. @typedef {{ run: Run, points: Point[], at: ([number, number] | null)[], behind: boolean[] }} Path */

const ASPECT = { x: 1.2, y: 1.2, z: 0.75 };
const EYE = { x: 1.45, y: -1.23, z: 1.42 };
const ROOM = 1.26; // a view less wide than this part of its height is seen from further away

/** @param {Stage} stage @returns {View} */
export function makeRelief({ frame, theme, send, landscape, horizon }) {
  const host = find(frame, ".rms-landscape");
  const toggle = el("button", { type: "button", class: "rms-3d", "aria-pressed": "false" }, "3-D");
  find(frame, ".rms-equal").before(toggle);
  const cover = el("div", { class: "rms-relief" });
  const plot = /** @type {Plot} */ (el("div", { class: "rms-plot3d" }));
  const note = el("p", { class: "rms-outside", role: "status" });
  const painter = { plot, ink: paintInk, now: paintNow };
  let on = false;
  let ground = /** @type {Ground | null} */ (null);
  let paths = /** @type {Path[]} */ ([]);
  let Plotly = /** @type {Plotly | null} */ (null); // once the surface is drawn
  /** @type {{ text: string, eye: DOMPoint, to: (x: number, y: number, h: number) => [number, number] } | null} */
  let view = null;
  let drawn = "";
  let clock = 0;

  for (const event of ["pointerdown", "pointermove", "click"]) cover.addEventListener(event, (e) => e.stopPropagation());
  cover.append(plot);
  toggle.addEventListener("click", () => { set(!on); send("relief", { on, at: Date.now() }); });

  /** @param {boolean} next */
  function set(next) {
    on = next;
    toggle.setAttribute("aria-pressed", String(on));
    frame.dataset.relief = String(on);
    if (on) {
      find(host, ":scope > canvas").before(cover);
      host.append(note);
      follow();
      draw(clock);
    } else for (const node of [cover, note]) node.remove();
    landscape.setPainter(on ? painter : null);
  }

  // ---- what stands: the surface, by Plotly -------------------------------------------------------------------------
  /** @param {Surface} surface @param {Ground} ground */
  async function stand(surface, ground) {
    const look = JSON.stringify([surface.key, theme().background, theme().k]);
    if (look === drawn) return;
    drawn = look;
    const probe = el("canvas");
    if (!(probe.getContext("webgl2") ?? probe.getContext("webgl"))) { note.dataset.missing = "yes"; note.textContent = _("3-D needs WebGL, and this browser has none. The map shows the same run."); return; }
    Plotly = await plotly();
    const { n, x, y, relief, height } = surface;
    const { ticks, labels, start, end, size } = relief;
    const colours = theme();
    const { k } = colours;
    const axis = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
    const rows = (/** @type {Float64Array | Column} */ grid) => Array.from({ length: n }, (_, j) => Array.from(grid.subarray(j * n, (j + 1) * n), (h) => (Number.isFinite(h) ? h : null)));
    const narrow = host.clientWidth < 500;
    const far = Math.max(1, (ROOM * host.clientHeight) / host.clientWidth);
    const level = `rgb(${mixed(colours.surface[colours.surface.length - 1][1], colours.level)})`; // WebGL's lines know no transparency
    const style = { ...(narrow ? { nticks: 5 } : {}), gridcolor: colours.grid, zerolinecolor: colours.grid, linecolor: colours.grid, showspikes: false, tickfont: { size: 12 * k } };
    const heights = relief.floor === null ? ticks : ticks.map((tick) => Math.log10(10 ** tick + relief.unit));
    const marks = heights.map((h, i) => /** @type {[number, string]} */ ([h, labels[i]])).filter(([h]) => relief.floor === null || h > ground.low + 0.1 * (ground.high - ground.low));
    if (relief.floor !== null) marks.unshift([Math.log10(relief.unit), "0"]);
    const trace = { type: "surface", x: axis(...x), y: axis(...y), z: rows(ground.heights), surfacecolor: rows(surface.z), colorscale: colours.surface, showscale: false, hoverinfo: "skip",
      contours: { x: { highlight: false }, y: { highlight: false }, z: { show: true, start, end, size, color: level, width: 1, highlight: false } },
      lighting: { ambient: 0.72, diffuse: 0.5, specular: 0.04, roughness: 0.9, fresnel: 0 } };
    const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: colours.background, showlegend: false, font: { family: colours.font, size: 13 * k, color: colours.text }, uirevision: "relief",
      scene: { aspectmode: "manual", aspectratio: ASPECT, camera: { eye: { x: far * EYE.x, y: far * EYE.y, z: far * EYE.z }, center: narrow ? { x: -0.09, y: -0.11, z: -0.16 } : { x: 0, y: 0, z: -0.16 } }, hovermode: false, dragmode: "orbit",
        xaxis: { ...style, range: x, title: { text: plain(surface.variables[0]) } }, yaxis: { ...style, range: y, title: { text: plain(surface.variables[1]) } },
        zaxis: { ...style, range: [ground.low - 0.08 * (ground.high - ground.low), ground.high], title: { text: height }, tickvals: marks.map(([h]) => h), ticktext: marks.map(([, label]) => label) } } };
    await Plotly.react(plot, [trace], layout, { displayModeBar: false, responsive: false });
    const gl = plot._fullLayout?.scene?._scene?.glplot;
    if (gl && !gl.rmsWired) { // each WebGL frame, before it is painted: where the camera stands now
      const inner = gl.onrender;
      gl.onrender = () => { inner?.(); look3d(); };
      gl.rmsWired = true;
    }
    look3d();
    cover.dataset.surface = surface.key;
  }

  // ---- the camera ---------------------------------------------------------------------------------------------------
  function look3d() {
    const scene = plot._fullLayout?.scene?._scene;
    const gl = scene?.glplot;
    if (!gl?.cameraParams?.projection || !scene.dataScale) return;
    const { projection, view: seen, model } = gl.cameraParams;
    const toEye = new DOMMatrix([...seen]).multiply(new DOMMatrix([...model])).scale(...scene.dataScale);
    const matrix = new DOMMatrix([...projection]).multiply(toEye).toFloat64Array(); // column by column
    const [a, b] = [gl.canvas.getBoundingClientRect(), cover.getBoundingClientRect()];
    const place = [a.left - b.left, a.top - b.top, a.width, a.height];
    const now = String([...matrix, ...place]);
    if (now === view?.text) return;
    /** @type {(x: number, y: number, h: number) => [number, number]} */
    const to = (x, y, h) => {
      const [cx, cy, , w] = [0, 1, 2, 3].map((i) => matrix[i] * x + matrix[4 + i] * y + matrix[8 + i] * h + matrix[12 + i]);
      return [place[0] + (cx / w + 1) * 0.5 * place[2], place[1] + (1 - cy / w) * 0.5 * place[3]];
    };
    view = { text: now, eye: toEye.inverse().transformPoint(), to }; // the eye in the data's own coordinates
    Object.assign(cover, { projected: to }); // for tests
    project();
    landscape.repaint();
  }

  // Whether the surface lies between a point on it and the eye: the line of sight changes its side.
  /** @param {{ x: number, y: number, h: number }} point */
  function hidden({ x, y, h }) {
    if (!view || !ground) return false;
    const { eye } = view;
    const slack = 0.012 * (ground.high - ground.low);
    let side = 0;
    for (let k = 1; k <= 48; k++) {
      const at = (k / 48) ** 2; // denser near the point
      const [px, py, ph] = [x + at * (eye.x - x), y + at * (eye.y - y), h + at * (eye.z - h)];
      if (!ground.inside(px, py)) return false;
      const above = ph - ground.height(px, py);
      if (!(Math.abs(above) > slack)) continue;
      if (side && Math.sign(above) !== side) return true;
      side = Math.sign(above);
    }
    return false;
  }

  function project() {
    const to = view?.to;
    if (!to) return;
    for (const path of paths) {
      path.at = path.points.map((p) => (Number.isFinite(p.h) ? to(p.x, p.y, p.h) : null));
      path.behind = path.points.map((p) => Number.isFinite(p.h) && hidden(p));
    }
  }

  // ---- what moves: canvas ---------------------------------------------------------------------------------------------
  /** @param {Pen} pen @param {Path} path @param {number} t @param {number} width @param {number} strong */
  function stroke(pen, path, t, width, strong) {
    for (const behind of [true, false]) {
      pen.beginPath();
      let drawing = false;
      for (let i = 0; i + 1 < path.points.length && path.points[i + 1].step <= t; i++) {
        const [a, b] = [path.at[i], path.at[i + 1]];
        if (!a || !b || path.behind[i + 1] !== behind) { drawing = false; continue; }
        if (!drawing) pen.moveTo(...a);
        pen.lineTo(...b);
        drawing = true;
      }
      ruled(pen, theme().of(path.run.colour), width * theme().bold, path.run.dash);
      Object.assign(pen, { lineJoin: "round", globalAlpha: behind ? strong * 0.35 : strong });
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  /** @param {Pen} pen */
  function paintInk(pen) {
    if (!view || !ground) return;
    const colours = theme();
    const { minima, relief: { lowest } } = ground.surface;
    for (const path of paths) if (!path.run.pinned) stroke(pen, path, horizon(), 1.5, 0.28);
    for (const [x, y] of minima) {
      const h = lowest === null || !ground.inside(x, y) ? NaN : ground.bend(lowest);
      const [px, py] = view.to(x, y, h);
      if (!Number.isFinite(px)) continue;
      pen.globalAlpha = hidden({ x, y, h }) ? 0.4 : 1;
      drawMinimum(pen, px, py, colours);
    }
    pen.globalAlpha = 1;
    const start = paths.find(({ run }) => !run.pinned)?.at[0];
    if (start) drawStart(pen, ...start, colours);
  }

  /** @param {Pen} pen @param {number} t */
  function paintNow(pen, t) {
    if (!view) return;
    const colours = theme();
    const last = (/** @type {Path} */ { run }) => Math.min(t, run.x.length - 1);
    for (const path of paths) if (!path.run.pinned) stroke(pen, path, last(path), 2.6, 1);
    for (const path of paths) if (path.run.pinned) stroke(pen, path, horizon(), 1.6, 1);
    for (const path of paths) {
      path.points.forEach(({ own, step }, i) => {
        const place = path.at[i];
        if (!own || step > last(path) || !place || (step < last(path) && (last(path) > MARKED_STEPS || !step || path.run.pinned))) return;
        pen.globalAlpha = path.behind[i] ? 0.45 : 1;
        if (step < last(path)) drawMark(pen, path.run.mark, ...place, 2.6 * colours.bold, colours.of(path.run.colour));
        else drawHead(pen, path.run, ...place, t >= path.run.x.length - 1, colours);
      });
      pen.globalAlpha = 1;
    }
  }

  // ---- a new run, a new step ------------------------------------------------------------------------------------------
  function follow() {
    const { surface, runs } = landscape;
    if (!on || !surface) return;
    const under = ground?.surface === surface ? ground : makeGround(surface);
    ground = under;
    paths = runs.map((run) => ({ run, points: drape(under, run), at: [], behind: [] }));
    project();
    stand(surface, under);
  }

  /** @param {number} t */
  function draw(t) {
    clock = t;
    if (!on || note.dataset.missing) return;
    const gone = paths.filter(({ points }) => points.some((p) => p.own && p.step <= t && !Number.isFinite(p.h)));
    const said = gone.map(({ run }) => _("{who} has left the box: its path is drawn up to the wall.", { who: run.title }));
    note.textContent = [ground?.surface.relief.note ?? "", ...(paths.some(({ run }) => run.cloud) ? [_("3-D shows the first seed; the map shows all of them.")] : []), ...said].filter(Boolean).join(" ");
  }

  /** @param {Partial<Told>} told @param {boolean} cued */
  function hear({ relief = on }, cued) {
    if (cued && relief !== on) set(relief);
  }

  function show() {
    toggle.title = _("Surface in 3-D");
    toggle.setAttribute("aria-label", toggle.title);
    follow();
  }

  function destroy() {
    if (plot._fullLayout) Plotly?.purge(plot);
  }

  return { show, hear, draw, destroy };
}
