// The marks on a picture of the surface, the same on map and relief: RMSprop is a circle, SGD a square, a third a diamond.

/** @import { Run } from "./bundle.js" */
/** @import { Colours } from "./dom.js" */

/**
 * What is painted over a surface uses so much of a canvas's pen: a picture is saved as SVG by a pen of our own.
 * @typedef {Pick<CanvasRenderingContext2D, "globalAlpha" | "lineWidth" | "strokeStyle" | "fillStyle" | "lineJoin" | "font" | "textAlign" | "textBaseline" | "beginPath" | "moveTo" | "lineTo" | "rect" | "arc" | "setLineDash" | "stroke" | "fill" | "fillRect" | "fillText" | "save" | "restore" | "clip"> & { layer?: (opacity: number, drawing: () => void) => void }} Pen
 */

// The lines that follow are of this colour and width, unbroken unless said.
/** @param {Pen} pen @param {string} colour @param {number} width @param {number[]} [dash] */
export function ruled(pen, colour, width, dash = []) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
}

/** @param {Pen} pen @param {string} mark @param {number} x @param {number} y @param {number} r @param {string} fill @param {string} [edge] */
export function drawMark(pen, mark, x, y, r, fill, edge) {
  pen.beginPath();
  const far = 1.3 * r; // so that a diamond looks as large
  if (mark === "square") pen.rect(x - r, y - r, 2 * r, 2 * r);
  else if (mark === "diamond") {
    pen.moveTo(x, y - far);
    for (const [a, b] of [[far, 0], [0, far], [-far, 0], [0, -far]]) pen.lineTo(x + a, y + b);
  }
  else pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  if (edge) { ruled(pen, edge, 1.5); pen.stroke(); }
}

// Where a run is; one that ended early rests crossed out.
/** @param {Pen} pen @param {Run} run @param {number} x @param {number} y @param {boolean} rests @param {Colours} colours */
export function drawHead(pen, run, x, y, rests, colours) {
  const { bold } = colours;
  drawMark(pen, run.mark, x, y, (run.mark === "square" ? 8 : 6.5) * bold, colours.of(run.colour), colours.background);
  if (!run.ended || !rests) return;
  ruled(pen, colours.background, 2 * bold);
  const r = 3.5 * bold;
  pen.beginPath(); pen.moveTo(x - r, y - r); pen.lineTo(x + r, y + r); pen.moveTo(x + r, y - r); pen.lineTo(x - r, y + r); pen.stroke();
}

/** @param {Pen} pen @param {number} x @param {number} y @param {Colours} colours */
export function drawMinimum(pen, x, y, colours) {
  const r = 6 * colours.bold;
  edged(pen, [5, 2.2], colours, () => { pen.moveTo(x - r, y); pen.lineTo(x + r, y); pen.moveTo(x, y - r); pen.lineTo(x, y + r); });
}

/** @param {Pen} pen @param {number} x @param {number} y @param {Colours} colours */
export function drawStart(pen, x, y, colours) {
  edged(pen, [4.5, 2], colours, () => pen.arc(x, y, 7 * colours.bold, 0, 2 * Math.PI));
}

// A line over a wider one in the colour of the ground.
/** @param {Pen} pen @param {[number, number]} widths @param {Colours} colours @param {() => void} shape */
function edged(pen, [wide, thin], colours, shape) {
  for (const [width, colour] of /** @type {[number, string][]} */ ([[wide, colours.background], [thin, colours.text]])) {
    ruled(pen, colour, width * colours.bold);
    pen.beginPath(); shape(); pen.stroke();
  }
}
