// The memory lens: s taken apart into what each past gradient left in it, (1−ρ) ρᵏ g²ₜ₋ₖ, and ρᵗ s₀.

const LENS_BARS = 120; // so many steps back each have a bar, what is older shares one

// The terms of s at step t: {bars: [newest first], older, start, sum}.
function remembered(g, rho, s0, t) {
  const bars = [];
  let older = 0;
  let sum = 0;
  for (let k = 0; k < t; k++) {
    const share = (1 - rho) * rho ** k;
    const term = share * g[t - 1 - k] * g[t - 1 - k];
    sum += term;
    if (k < LENS_BARS) bars.push(term); else older += term;
  }
  const start = s0 * rho ** t;
  return { bars, older, start, sum: sum + start };
}

function makeLens(theme, words) {
  const canvas = el("canvas", { role: "img" });
  const hover = el("p", { class: "rms-lens-reading" });
  let spots = [];

  const ago = (k) => (k === 0 ? words.now : words.ago.replace("{k}", k));

  function draw(found, s, variables) { // found: one of `remembered` for each coordinate
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const brush = canvas.getContext("2d");
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colours = theme();
    spots = [];
    const half = (width - 70) / 2;
    found.forEach(({ bars, older, start, sum }, i) => {
      const left = i * (half + 70);
      const entries = [...bars.map((value, k) => ({ value, label: ago(k) }))];
      if (older > 0) entries.push({ value: older, label: words.older, kind: "older" });
      if (start > 0) entries.push({ value: start, label: words.s0, kind: "start" });
      const top = 22;
      const base = height - 20;
      const most = Math.max(...entries.map((e) => e.value), 1e-300);
      const step = Math.min(26, half / Math.max(entries.length, 8));
      brush.font = `600 13px ${colours.font}`;
      brush.fillStyle = colours.text;
      brush.textAlign = "left";
      brush.fillText(`${variables[i]}:  ${words.sum} ${figures(sum)},  s ≈ ${figures(s[i])}`, left, 13);
      entries.forEach(({ value, label, kind }, k) => { // newest at the left, as k counts
        const tall = Math.max(value > 0 ? 1 : 0, ((base - top) * value) / most);
        brush.fillStyle = kind === "start" ? colours.cursor : colours.s;
        brush.globalAlpha = kind === "older" ? 0.45 : 0.85;
        brush.fillRect(left + k * step, base - tall, Math.max(step - 2, 1), tall);
        brush.globalAlpha = 1;
        spots.push({ from: left + k * step, to: left + (k + 1) * step, text: `${variables[i]}, ${label}: ${figures(value)}`, value });
      });
      brush.strokeStyle = colours.grid;
      brush.beginPath(); brush.moveTo(left, base + 0.5); brush.lineTo(left + half, base + 0.5); brush.stroke();
      brush.font = `12px ${colours.font}`;
      brush.fillStyle = colours.text;
      const last = Math.min(bars.length, LENS_BARS) - 1;
      brush.fillText(words.now, left, height - 5);
      if (last >= 6) { brush.textAlign = "right"; brush.fillText(ago(last), left + (last + 1) * step, height - 5); }
      if (older > 0 && last >= 6) { brush.textAlign = "left"; brush.fillText(words.older, left + (last + 1) * step + 4, height - 5); }
    });
    canvas.setAttribute("aria-label", found.map(({ sum }, i) => `${variables[i]}: ${words.sum} ${figures(sum)}`).join("; "));
  }

  canvas.addEventListener("pointermove", (event) => {
    const spot = spots.find(({ from, to }) => event.offsetX >= from && event.offsetX < to);
    hover.textContent = spot ? spot.text : "";
  });
  canvas.addEventListener("pointerleave", () => { hover.textContent = ""; });
  return { canvas, hover, draw };
}
