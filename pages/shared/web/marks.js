/** @import { Pen } from "./types.js" */

// RMSprop is a circle, SGD a square, on every picture.
/** @param {Pen} pen @param {string} mark @param {number} x @param {number} y @param {number} r @param {string} fill @param {string} [edge] */
export function drawMark(pen, mark, x, y, r, fill, edge) {
  pen.beginPath();
  if (mark === "square") pen.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8); else pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  if (edge) { pen.setLineDash([]); pen.strokeStyle = edge; pen.lineWidth = 1.5; pen.stroke(); }
}
