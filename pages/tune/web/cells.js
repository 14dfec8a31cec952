// Maps come from the server in two looks: something true at once, then all of it.

import { unpack } from "../../shared/web/bundle.js";

/** @import { Bundle } from "../../shared/web/bundle.js" */

const COARSE = 12; // cells along a side of the first look, as in sweeps.py
const AGAIN = 3000; // ms until what the server had no time for is asked for again

// Asks for what a query says as long as it is `wanted`; `show` is given each look, `refused` the server's sentence.
/** @param {string} path @param {Record<string, string>} query @param {() => boolean} wanted @param {(chart: Bundle) => void} show @param {(why: string) => void} refused */
export async function fetchCells(path, query, wanted, show, refused) {
  for (const cells of [COARSE, 64]) {
    const answer = await fetch(`${path.replace(/[^/]*$/, "map")}?${new URLSearchParams({ ...query, cells: String(cells) })}`).catch(() => null);
    if (!wanted()) return;
    if (answer?.status === 413 || answer?.status === 503) refused(await answer.text());
    if (answer?.status === 503) setTimeout(() => { if (wanted()) fetchCells(path, query, wanted, show, refused); }, AGAIN);
    if (answer?.status !== 200) return;
    show(unpack(new Uint8Array(await answer.arrayBuffer())));
  }
}
