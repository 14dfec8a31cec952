// What Python sends: uint32 length of a JSON head, the head padded to a multiple of 8, then the columns.
const TYPES = { f8: Float64Array, f4: Float32Array, u1: Uint8Array };

function unpack(bytes) {
  const copy = bytes.slice(); // a buffer of our own, so that Float64Array finds its alignment
  const size = new DataView(copy.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + size)));
  const columns = {};
  let at = 8 * Math.ceil((4 + size) / 8);
  for (const [name, type, length] of head.columns) {
    columns[name] = new TYPES[type](copy.buffer, at, length);
    at += 8 * Math.ceil(columns[name].byteLength / 8);
  }
  return { head, columns };
}

// Four significant digits: plain between 1e-3 and 1e5, otherwise a power of ten.
function digits(value, figures = 4) {
  if (value === undefined || Number.isNaN(value)) return "NaN";
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(Number(value.toPrecision(figures)));
  if (size >= 1e-3 && size < 1e5) return value.toPrecision(Math.max(figures, size >= 1e4 ? 5 : 0)).replace("-", "−");
  const [mantissa, exponent] = value.toExponential(figures - 1).split("e");
  return `${mantissa}×10${superscript(Number(exponent))}`.replace("-", "−");
}

function superscript(n) {
  return [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
}

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children);
  return node;
}


// Streamlit's theme arrives as CSS variables: mark an element light or dark by them, and return the background.
const themes = {};
function setTheme(node) {
  const background = getComputedStyle(node).getPropertyValue("--st-background-color").trim() || "#ffffff";
  node.dataset.theme = themes[background] ??= luminance(background) < 100 ? "dark" : "light";
  return background;
}

function luminance(colour) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return 0.299 * r + 0.587 * g + 0.114 * b;
}
