// Plotly, fetched once, from this server; nobody else asks for it by its address.

let loading = null;

export function plotly() {
  return (loading ??= import(new URL("../../plotly.min.js", import.meta.url).href).then(() => window.Plotly));
}
