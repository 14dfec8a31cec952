// The signs on buttons.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  curtain: "M3 3h18v3H3z M4 6h7c0 6-2 10-7 13z M20 6h-7c0 6 2 10 7 13z",
  camera: "M8 4h8l2 3h4v13H2V7h4zM12 9a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 11a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  project: "M3 4h18v12H3zM5 6h14v8H5z M11 16h2v4h4v2H7v-2h4z", help: "M2 6h20v12H2zM4 8h16v8H4z M6 10h2v2H6zM9 10h2v2H9zM12 10h2v2h-2zM15 10h2v2h-2zM7 13h10v2H7z",
  play: "M7 4l14 8-14 8z", pause: "M6 4h4v16H6zM14 4h4v16h-4z", first: "M5 4h3v16H5zM20 4v16L9 12z", last: "M16 4h3v16h-3zM4 4v16l11-8z",
  back: "M17 4v16L5 12z", forward: "M7 4v16l12-8z", equal: "M4 4h2v14h14v2H4z M9 5h10v10H9z", full: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
};

/** @typedef {keyof typeof ICONS} Icon */

/** @param {Icon} name */
export const icon = (name) => drawn(ICONS[name], 24);

/** @param {string} shape @param {number} size of the square that it stands in */
export function drawn(shape, size) {
  const [svg, path] = [document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "path")];
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  path.setAttribute("fill", "currentColor");
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
