// Plotly, fetched once, from this server; nobody else asks for it by its address.

/** @import { Plotly } from "./types.js" */

/** @type {Promise<Plotly> | null} */
let loading = null;

/** @returns {Promise<Plotly>} */
export function plotly() {
  return (loading ??= import(new URL("../../plotly.min.js", import.meta.url).href).then(() => /** @type {any} */ (window).Plotly));
}

/**
 * A name that anyone may have typed, for Plotly, which reads <b>, &lt; and, in what a pointer shows, %{x}.
 * @param {string} name
 */
export function plain(name) {
  return name.replace(/[&<%]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
