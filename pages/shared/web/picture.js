// The picture on show, surface and paths, as PNG or SVG: Plotly gives the surface, and what is painted over it is painted
// once more, by the same code with the same numbers, on a larger canvas or as SVG shapes. Nothing leaves the browser.

import { el } from "./dom.js";
import { drawMark } from "./marks.js";
import { digits } from "./numbers.js";
import { icon } from "./icons.js";
import { plotly } from "./plotly.js";

const SHARP = 2; // pixels of the PNG for each one on the screen
const CAMERA = "M8 4h8l2 3h4v13H2V7h4zM12 9a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 11a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z";
const SVG = "http://www.w3.org/2000/svg";

// What this project uses of a canvas's pen, written as SVG.
function makeSvgPen(width, height) {
  const root = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}` })) root.setAttribute(name, value);
  let group = root;
  let d = "";
  const stack = [];
  const f = (v) => (Number.isFinite(v) ? Number(v.toFixed(2)) : 0);
  const add = (name, attributes, parent = group) => {
    const node = parent.appendChild(document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const pen = {
    root, add, globalAlpha: 1, lineWidth: 1, strokeStyle: "#000", fillStyle: "#000", lineJoin: "miter", font: "", textAlign: "left", textBaseline: "alphabetic", dash: [],
    beginPath() { d = ""; },
    moveTo(x, y) { d += `M${f(x)} ${f(y)}`; },
    lineTo(x, y) { d += `L${f(x)} ${f(y)}`; },
    closePath() { d += "Z"; },
    rect(x, y, w, h) { d += `M${f(x)} ${f(y)}h${f(w)}v${f(h)}h${f(-w)}Z`; },
    arc(x, y, r) { d += `M${f(x - r)} ${f(y)}a${f(r)} ${f(r)} 0 1 0 ${f(2 * r)} 0a${f(r)} ${f(r)} 0 1 0 ${f(-2 * r)} 0Z`; }, // whole circles only
    setLineDash(dash) { pen.dash = dash; },
    stroke() {
      if (!d) return;
      add("path", { d, fill: "none", stroke: pen.strokeStyle, "stroke-width": pen.lineWidth, "stroke-linejoin": pen.lineJoin, opacity: pen.globalAlpha, "stroke-dasharray": pen.dash.join(" ") || "none" });
    },
    fill() { if (d) add("path", { d, fill: pen.fillStyle, opacity: pen.globalAlpha }); },
    fillRect(x, y, w, h) { add("rect", { x: f(x), y: f(y), width: f(w), height: f(h), fill: pen.fillStyle, opacity: pen.globalAlpha }); },
    fillText(text, x, y) {
      const anchor = { center: "middle", right: "end" }[pen.textAlign] ?? "start";
      add("text", { x: f(x), y: f(y), fill: pen.fillStyle, "text-anchor": anchor, "dominant-baseline": pen.textBaseline === "middle" ? "central" : "auto", style: `font: ${pen.font}` }).textContent = text;
    },
    strokeText() {},
    measureText(text) { return measure(pen.font, text); },
    save() { stack.push([group, { ...pen }]); },
    restore() { const [before, state] = stack.pop(); group = before; Object.assign(pen, state); },
    clip() {
      const id = `rms-clip-${root.querySelectorAll("clipPath").length}`;
      add("path", { d }, add("clipPath", { id }));
      group = add("g", { "clip-path": `url(#${id})` });
    },
  };
  return pen;
}

function measure(font, text) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  return pen.measureText(text);
}

export function download(name, blob) {
  const link = el("a", { download: name, href: URL.createObjectURL(blob) });
  link.click(); // not in the document: a click there would close the menu
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function makePicture({ frame, theme, landscape, views }) {
  const host = frame.querySelector(".rms-landscape");
  const camera = icon("full");
  camera.firstChild.setAttribute("d", CAMERA);
  const [png, svg] = ["PNG", "SVG"].map((kind) => {
    const node = el("button", { type: "button", role: "menuitem" }, kind);
    node.addEventListener("click", () => { open(false); save(kind.toLowerCase()); });
    return node;
  });
  const menu = el("div", { class: "rms-menu", role: "menu", hidden: "" }, png, svg);
  const toggle = el("button", { type: "button", class: "rms-picture", "aria-haspopup": "menu", "aria-expanded": "false" }, camera);
  frame.querySelector(".rms-full").before(el("span", { class: "rms-pictures" }, toggle, menu));
  let [head, columns, clock] = [null, {}, 0];

  function open(on) {
    menu.hidden = !on;
    toggle.setAttribute("aria-expanded", String(on));
    if (on) png.focus();
  }
  toggle.addEventListener("click", () => open(menu.hidden));
  menu.parentNode.addEventListener("focusout", (event) => { if (!menu.parentNode.contains(event.relatedTarget)) open(false); });
  menu.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { open(false); toggle.focus(); }
    if (event.key.startsWith("Arrow")) { event.preventDefault(); (document.activeElement === png ? svg : png).focus(); }
  });
  // The legend, drawn as the player shows it.
  function paintLegend(pen) {
    const colours = theme();
    const rows = head.runs.map((run) => {
      const f = columns[`${run.key}.f`];
      return { ...run, text: `${run.title}  f = ${digits(f[Math.min(clock, f.length - 1)])}` };
    });
    const font = `600 15px ${colours.font}`;
    const wide = Math.max(...rows.map(({ text }) => measure(font, text).width), 0);
    Object.assign(pen, { fillStyle: colours.background, globalAlpha: 0.82, font, textBaseline: "middle", textAlign: "left" });
    pen.fillRect(54, 16, wide + 40, 24 * rows.length + 6);
    pen.globalAlpha = 1;
    rows.forEach(({ key, mark, text }, i) => {
      drawMark(pen, mark, 67, 31 + 24 * i, 5.5, colours[key]);
      pen.fillStyle = colours.text;
      pen.fillText(text, 80, 31 + 24 * i);
    });
    pen.font = `13px ${colours.font}`;
    pen.textAlign = "right";
    pen.fillText(`t = ${clock}`, host.clientWidth - 8, host.clientHeight - 10);
  }

  function paint(pen) {
    const { relief } = views;
    if (relief?.on) relief.paint(pen, clock);
    else { landscape.drawInk(pen); landscape.draw(clock, pen); }
    paintLegend(pen);
  }

  async function save(kind) {
    const [width, height] = [host.clientWidth, host.clientHeight];
    const { relief } = views;
    const plot = relief?.on ? relief.plot : landscape.plot;
    const Plotly = await plotly();
    const ground = plot._fullLayout ? await Plotly.toImage(plot, { format: kind, width, height, scale: kind === "png" ? SHARP : 1 }) : null;
    const name = `rmsprop-${head.surface_key.split(":")[0]}-t${clock}.${kind}`;
    if (kind === "png") return savePng(name, ground, width, height);
    const pen = makeSvgPen(width, height);
    pen.fillStyle = theme().background;
    pen.fillRect(0, 0, width, height);
    if (ground) pen.root.append(new DOMParser().parseFromString(decodeURIComponent(ground.slice(ground.indexOf(",") + 1)), "image/svg+xml").documentElement);
    paint(pen);
    download(name, new Blob([new XMLSerializer().serializeToString(pen.root)], { type: "image/svg+xml" }));
  }

  async function savePng(name, ground, width, height) {
    const canvas = el("canvas", { width: width * SHARP, height: height * SHARP });
    const pen = canvas.getContext("2d");
    pen.scale(SHARP, SHARP);
    pen.fillStyle = theme().background;
    pen.fillRect(0, 0, width, height);
    if (ground) {
      const image = new Image();
      image.src = ground;
      await image.decode();
      pen.drawImage(image, 0, 0, width, height);
    }
    paint(pen);
    canvas.toBlob((blob) => download(name, blob), "image/png");
  }

  return {
    answer() {},
    show(bundle) {
      ({ head, columns } = bundle);
      if (!head.words) return;
      toggle.setAttribute("aria-label", head.words.picture);
      toggle.title = head.words.picture;
    },
    draw(t) { clock = t; },
    save,
  };
}
