// Maps come from the server in two looks: something true at once, then all of it. What is asked next stops what was asked
// before: the request is broken off, and the server with it.

import { unpack } from "../../shared/web/bundle.js";
import { _ } from "../../shared/web/language.js";

/** @import { Bundle } from "../../shared/web/bundle.js" */

const COARSE = 12; // cells along a side of the first look, as in sweeps.py
const AGAIN = 3000; // ms until what the server had no time for is asked for again
const LONG = 500; // ms after which it is said that there is more to come

// `show` is given each look, `say` what there is to say of them.
/** @param {(chart: Bundle) => void} show @param {(text: string) => void} say */
export function makeCells(show, say) {
  let asked = "";
  let going = new AbortController();

  // Asks for a query, unless it is the one on show; what is called the same is the same map.
  /** @param {string} name @param {string} path @param {Record<string, string>} query */
  function ask(name, path, query) {
    if (name === asked) return;
    asked = name;
    fetchAll(path, query);
  }

  /** @param {string} path @param {Record<string, string>} query */
  async function fetchAll(path, query) {
    going.abort();
    const mine = going = new AbortController();
    const { signal } = mine;
    for (const cells of [COARSE, 64]) {
      const waits = setTimeout(() => say(_("A finer map is being made.")), LONG);
      signal.addEventListener("abort", () => clearTimeout(waits));
      const answer = await fetch(`${path.replace(/[^/]*$/, "map")}?${new URLSearchParams({ ...query, cells: String(cells) })}`, { signal }).catch(() => null);
      clearTimeout(waits);
      if (signal.aborted) return;
      say(answer?.status === 413 || answer?.status === 503 ? await answer.text() : "");
      if (answer?.status === 503) setTimeout(() => { if (!signal.aborted) fetchAll(path, query); }, AGAIN);
      if (answer?.status !== 200) return;
      const chart = unpack(new Uint8Array(await answer.arrayBuffer()));
      show(chart);
      if (/** @type {any} */ (chart.head).n < cells) return; // the server makes no finer one of these runs
    }
  }

  return { ask, leave: () => going.abort() };
}
