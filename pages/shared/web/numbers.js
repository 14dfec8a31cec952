// How numbers are written.


// Four significant digits: plain between 1e-3 and 1e5, otherwise a power of ten.
/** @param {number | undefined} value */
export function digits(value, figures = 4) {
  if (value === undefined || Number.isNaN(value)) return "NaN";
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(Number(value.toPrecision(figures)));
  if (size >= 1e-3 && size < 1e5) return value.toPrecision(Math.max(figures, size >= 1e4 ? 5 : 0)).replace("-", "−");
  const [mantissa, exponent] = value.toExponential(figures - 1).split("e");
  return `${mantissa}×10${superscript(Number(exponent))}`.replace("-", "−");
}

/** @param {number} n */
export function superscript(n) {
  return [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
}

// The digits of rmsprop_core/explain/digits.py, rule by rule: the browser writes a number as Python does.
/**
 * @param {number} value
 * @param {string} [quantity]
 */
export function figures(value, quantity = "") {
  if (quantity === "t") return String(value);
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const share = (quantity === "rho" || quantity === "momentum") && value > 0 && value < 1;
  const count = share ? Math.max(4, 3 - Math.floor(Math.log10(1 - value))) : 4;
  const [long, power] = Math.abs(value).toExponential(count - 1).split("e");
  const mantissa = long.includes(".") ? long.replace(/0+$/, "").replace(/\.$/, "") : long;
  const e = Number(power);
  const sign = value < 0 ? "−" : "";
  if (e >= -4 && e <= 3) return sign + shifted(mantissa, e);
  return sign + (mantissa === "1" ? "" : `${mantissa}×`) + "10" + superscript(e);
}

// A mantissa of digits, its point moved e places: exact, where toFixed would round once more.
/**
 * @param {string} mantissa
 * @param {number} e
 */
function shifted(mantissa, e) {
  const [whole, part = ""] = mantissa.split(".");
  if (e < 0) return `0.${"0".repeat(-e - 1)}${whole}${part}`;
  const all = whole + part.padEnd(e, "0");
  return all.length > e + 1 ? `${all.slice(0, e + 1)}.${all.slice(e + 1)}` : all;
}

