// The picture on show, surface and paths, as SVG, or as the PNG of it: Plotly gives the surface, and what is painted over
// it is painted once more, by the same code with the same numbers, as SVG shapes. Nothing leaves the browser.

import { el, find, penOf } from "./dom.js";
import { drawMark } from "./marks.js";
import { digits } from "./numbers.js";
import { icon } from "./icons.js";
import { _ } from "./language.js";
import { plotly } from "./plotly.js";

/** @import { Bundle } from "./bundle.js" */
/** @import { Pen } from "./marks.js" */
/** @import { Stage, View } from "./player.js" */
/** @typedef {"png" | "svg"} Kind */

const SHARP = 2; // pixels of the PNG for each one on the screen
const SVG = "http://www.w3.org/2000/svg";

// What this project uses of a canvas's pen, written as SVG.
/** @param {number} width @param {number} height */
function makeSvgPen(width, height) {
  const root = document.createElementNS(SVG, "svg");
  /** @type {(node: SVGElement, attributes: Record<string, unknown>) => SVGElement} */
  const set = (node, attributes) => {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    return node;
  };
  set(root, { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` });
  let group = /** @type {SVGElement} */ (root);
  let d = "";
  const stack = /** @type {[SVGElement, object][]} */ ([]);
  const f = (/** @type {number} */ v) => (Number.isFinite(v) ? Number(v.toFixed(2)) : 0);
  /** @type {(name: "path" | "rect" | "text" | "clipPath" | "g", attributes: Record<string, unknown>, parent?: SVGElement) => SVGElement} */
  const add = (name, attributes, parent = group) => set(parent.appendChild(document.createElementNS(SVG, name)), attributes);
  /** @type {Pen & { root: SVGElement, dash: number[] }} */
  const pen = {
    root, globalAlpha: 1, lineWidth: 1, strokeStyle: "#000", fillStyle: "#000", lineJoin: "miter", font: "", textAlign: "left", textBaseline: "alphabetic", dash: [],
    beginPath() { d = ""; },
    moveTo(x, y) { d += `M${f(x)} ${f(y)}`; },
    lineTo(x, y) { d += `L${f(x)} ${f(y)}`; },
    rect(x, y, w, h) { d += `M${f(x)} ${f(y)}h${f(w)}v${f(h)}h${f(-w)}Z`; },
    arc(x, y, r) { d += `M${f(x - r)} ${f(y)}a${f(r)} ${f(r)} 0 1 0 ${f(2 * r)} 0a${f(r)} ${f(r)} 0 1 0 ${f(-2 * r)} 0Z`; }, // whole circles only
    setLineDash(dash) { pen.dash = [...dash]; },
    stroke() {
      if (!d) return;
      add("path", { d, fill: "none", stroke: pen.strokeStyle, "stroke-width": pen.lineWidth, "stroke-linejoin": pen.lineJoin, opacity: pen.globalAlpha, "stroke-dasharray": pen.dash.join(" ") || "none" });
    },
    fill() { if (d) add("path", { d, fill: pen.fillStyle, opacity: pen.globalAlpha }); },
    fillRect(x, y, w, h) { add("rect", { x: f(x), y: f(y), width: f(w), height: f(h), fill: pen.fillStyle, opacity: pen.globalAlpha }); },
    fillText(text, x, y) {
      const anchor = pen.textAlign === "center" ? "middle" : pen.textAlign === "right" ? "end" : "start";
      add("text", { x: f(x), y: f(y), fill: pen.fillStyle, "text-anchor": anchor, "dominant-baseline": pen.textBaseline === "middle" ? "central" : "auto", style: `font: ${pen.font}` }).textContent = text;
    },
    save() { stack.push([group, { ...pen }]); },
    restore() {
      const [before, state] = stack.pop() ?? [group, {}];
      group = before;
      Object.assign(pen, state);
    },
    layer(opacity, drawing) {
      const under = group;
      group = add("g", { opacity });
      drawing();
      group = under;
    },
    clip() {
      const id = `rms-clip-${root.querySelectorAll("clipPath").length}`;
      add("path", { d }, add("clipPath", { id }));
      group = add("g", { "clip-path": `url(#${id})` });
    },
  };
  return pen;
}

/** @param {string} svg @param {number} width @param {number} height @returns {Promise<Blob>} */
async function png(svg, width, height) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = el("canvas", { width, height });
  penOf(canvas).drawImage(image, 0, 0, width, height);
  return new Promise((done) => canvas.toBlob((blob) => done(/** @type {Blob} */ (blob))));
}

/** @param {string} name @param {Blob} blob */
export function download(name, blob) {
  const link = el("a", { download: name, href: URL.createObjectURL(blob) });
  link.click(); // not in the document: a click there would close the menu
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {Stage} stage @returns {View} */
export function makePicture({ frame, theme, landscape }) {
  const host = find(frame, ".rms-landscape");
  const item = (/** @type {Kind} */ kind) => {
    const node = el("button", { type: "button" }, kind.toUpperCase());
    node.addEventListener("click", () => { menu.open = false; save(kind); });
    return node;
  };
  const camera = el("summary", { class: "rms-picture" }, icon("camera"));
  const menu = el("details", { class: "rms-pictures" }, camera, el("div", { class: "rms-menu" }, item("png"), item("svg")));
  find(frame, ".rms-full").before(menu);
  menu.addEventListener("focusout", (event) => { if (!menu.contains(/** @type {Node | null} */ (event.relatedTarget))) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; camera.focus(); }
  });
  let bundle = /** @type {Bundle | null} */ (null);
  let clock = 0;

  // The legend, drawn as the player shows it.
  /** @param {Pen} pen @param {Bundle} bundle */
  function paintLegend(pen, { head, columns }) {
    const colours = theme();
    const rows = head.runs.map((run) => {
      const f = columns[`${run.key}.f`];
      return { ...run, text: `${run.title}  f = ${digits(f[Math.min(clock, f.length - 1)])}` };
    });
    const font = `600 15px ${colours.font}`;
    const ruler = Object.assign(penOf(el("canvas")), { font });
    const wide = Math.max(...rows.map(({ text }) => ruler.measureText(text).width), 0);
    Object.assign(pen, { fillStyle: colours.background, globalAlpha: 0.82, font, textBaseline: "middle", textAlign: "left" });
    pen.fillRect(54, 16, wide + 40, 24 * rows.length + 6);
    pen.globalAlpha = 1;
    rows.forEach(({ colour, mark, text }, i) => {
      drawMark(pen, mark, 67, 31 + 24 * i, 5.5, colours.of(colour));
      pen.fillStyle = colours.text;
      pen.fillText(text, 80, 31 + 24 * i);
    });
    pen.font = `13px ${colours.font}`;
    pen.textAlign = "right";
    pen.fillText(`t = ${clock}`, host.clientWidth - 8, host.clientHeight - 10);
  }

  /** @param {Kind} kind */
  async function save(kind) {
    if (!bundle) return;
    const shown = bundle;
    const [width, height] = [host.clientWidth, host.clientHeight];
    const { plot } = landscape.painter;
    const pen = makeSvgPen(width, height);
    pen.fillStyle = theme().background;
    pen.fillRect(0, 0, width, height);
    if (plot._fullLayout) {
      const ground = await (await plotly()).toImage(plot, { format: "svg", width, height });
      pen.root.append(new DOMParser().parseFromString(decodeURIComponent(ground.slice(ground.indexOf(",") + 1)), "image/svg+xml").documentElement);
    }
    landscape.drawInk(pen);
    landscape.draw(clock, pen);
    paintLegend(pen, shown);
    const svg = new XMLSerializer().serializeToString(pen.root);
    const name = `rmsprop-${shown.head.surface_key.split(":")[0]}-t${clock}.${kind}`;
    download(name, kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await png(svg, width * SHARP, height * SHARP));
  }

  return {
    show(next) {
      bundle = next;
      camera.title = _("Save the picture");
      camera.setAttribute("aria-label", camera.title);
    },
    draw(t) { clock = t; },
  };
}
