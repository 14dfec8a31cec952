// How numbers are written: the rules of rmsprop_core/explain/digits.py, one by one.

/**
 * @param {number | undefined} value
 * @param {number} [count] how many significant digits
 * @param {string} [quantity] whose number it is
 */
export function digits(value, count = 4, quantity = "") {
  if (value === undefined || Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  if (quantity === "t") return String(value);
  const share = (quantity === "rho" || quantity === "momentum") && value > 0 && value < 1;
  const whole = Number(value.toExponential().split("e")[1]) + 1;
  const least = share ? count - 1 - Math.floor(Math.log10(1 - value)) : whole <= 5 ? whole : 0;
  const [long, power] = Math.abs(value).toExponential(Math.max(count, least) - 1).split("e");
  const mantissa = long.includes(".") ? long.replace(/0+$/, "").replace(/\.$/, "") : long;
  const e = Number(power);
  const sign = value < 0 ? "−" : "";
  if (e >= -4 && e <= 4) return sign + shifted(mantissa, e);
  return sign + (mantissa === "1" ? "" : `${mantissa}×`) + "10" + superscript(e);
}

/** @param {number} n */
export function superscript(n) {
  return [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
}

/** The digits of a quantity. @param {number} value @param {string} [quantity] */
export const figures = (value, quantity = "") => digits(value, 4, quantity);

// A mantissa of digits, its point moved e places: exact, where toFixed would round once more.
/** @param {string} mantissa @param {number} e */
function shifted(mantissa, e) {
  const [whole, part = ""] = mantissa.split(".");
  if (e < 0) return `0.${"0".repeat(-e - 1)}${whole}${part}`;
  const all = whole + part.padEnd(e, "0");
  return all.length > e + 1 ? `${all.slice(0, e + 1)}.${all.slice(e + 1)}` : all;
}

