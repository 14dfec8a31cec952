// The digits of rmsprop_core/digits.py, rule by rule, so that the browser writes a number as Python does; and formulas
// in which numbers change in place.

function figures(value, quantity = "") {
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
function shifted(mantissa, e) {
  const [whole, part = ""] = mantissa.split(".");
  if (e < 0) return `0.${"0".repeat(-e - 1)}${whole}${part}`;
  const all = whole + part.padEnd(e, "0");
  return all.length > e + 1 ? `${all.slice(0, e + 1)}.${all.slice(e + 1)}` : all;
}

function fenced(text, fence) {
  const needed = fence === "sign" ? text.startsWith("−") : fence === "base" && /[^0-9.]/.test(text);
  return needed ? `(${text})` : text;
}

// Whether this browser has a font whose roots and brackets grow. Where it has none, roots are drawn by style sheet.
let stretches = null;
function typesets() {
  if (stretches !== null) return stretches;
  const probe = el("div", { class: "rms-formula", style: "position:absolute;visibility:hidden;font-size:20px" });
  probe.innerHTML = '<math><mrow><mo stretchy="true">(</mo><mspace height="60px" depth="60px"/></mrow></math>';
  document.body.append(probe);
  stretches = probe.querySelector("mo").getBoundingClientRect().height > 60;
  probe.remove();
  return stretches;
}

// Put MathML made by rmsprop_core/explain/mathml.py into a node.
function formula(node, mathml) {
  node.classList.add("rms-formula");
  node.innerHTML = mathml;
  if (typesets()) return node;
  node.classList.add("rms-drawn");
  for (const root of node.querySelectorAll("msqrt")) {
    const drawn = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mrow");
    drawn.setAttribute("class", "rms-root");
    drawn.setAttribute("aria-label", "√");
    drawn.append(...root.childNodes);
    root.replaceWith(drawn);
  }
  return node;
}

// A line with numbers in two formulas, so that it can break before "≈ result" and nowhere else.
function breakable(node) {
  const whole = node.querySelector("math");
  const row = whole.firstElementChild;
  if (row.childElementCount < 5) return node;
  const end = whole.cloneNode(false);
  end.append(row.cloneNode(false));
  end.firstChild.append(...[...row.children].slice(-2));
  end.querySelector("mo").setAttribute("form", "infix");
  whole.after(end);
  return node;
}

// The numbers of a formula that a clock changes: value(q, when, i) gives them, write(cell, value) puts them in place.
function numbersOf(node, run) {
  return [...node.querySelectorAll("mn[data-q]")]
    .map((mn) => ({ node: mn, run, q: mn.dataset.q, when: mn.dataset.when, i: Number(mn.dataset.i ?? 0), fence: mn.dataset.fence, value: NaN }));
}

function writeNumber(cell, value, hidden) {
  if (Object.is(cell.value, value) && cell.hidden === hidden) return;
  [cell.value, cell.hidden] = [value, hidden];
  const text = hidden ? "?" : fenced(figures(value, cell.q), cell.fence);
  if (cell.node.textContent !== text) cell.node.textContent = text;
}
