// How numbers are written: the rules of rmsprop_core/explain/digits.py, one by one.

/** @param {number | undefined} value @param {string} [quantity] whose number it is @param {number} [count] how many significant digits */
export function digits(value, quantity = "", count = 4) {
  if (value === undefined || Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  if (quantity === "t") return String(value);
  const share = (quantity === "rho" || quantity === "momentum") && value > 0 && value < 1;
  const whole = Number(value.toExponential().split("e")[1]) + 1;
  const least = share ? count - 1 - Math.floor(Math.log10(1 - value)) : whole <= 5 ? whole : 0;
  const rounded = Math.abs(value).toExponential(Math.max(count, least) - 1);
  const [mantissa, power] = rounded.split("e").map(Number);
  const sign = value < 0 ? "−" : "";
  if (power >= -4 && power <= 4) return sign + Number(rounded);
  return sign + (mantissa === 1 ? "" : `${mantissa}×`) + "10" + superscript(power);
}

/** @param {number} n */
export function superscript(n) {
  return [...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)])).join("");
}
