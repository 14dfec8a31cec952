// Plotly, fetched once, from this server; nobody else asks for it by its address.

/** What Plotly draws on, and what of Plotly's own is read there. @typedef {HTMLElement & { _fullLayout?: any, on?: any }} Plot */
/** @typedef {{ react: (...of: any[]) => Promise<void>, relayout: (...of: any[]) => Promise<void>, purge: (plot: Plot) => void, toImage: (plot: Plot, how: object) => Promise<string> }} Plotly */

let loading = /** @type {Promise<Plotly> | null} */ (null);

/** @returns {Promise<Plotly>} */
export function plotly() {
  return (loading ??= import(new URL("../../plotly.min.js", import.meta.url).href).then(() => /** @type {any} */ (window).Plotly));
}
