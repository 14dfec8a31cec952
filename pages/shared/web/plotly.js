// Plotly, fetched once, from this server; nobody else asks for it by its address.

/** @import { Plotly } from "./types.js" */

/** @type {Promise<Plotly> | null} */
let loading = null;

/** @returns {Promise<Plotly>} */
export function plotly() {
  return (loading ??= import(new URL("../../plotly.min.js", import.meta.url).href).then(() => /** @type {any} */ (window).Plotly));
}
