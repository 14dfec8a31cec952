// What is said of the runs: at the end the verdict, with an offer to click; before it the numbers of the step and what has
// happened by then.

import { el, write } from "./dom.js";
import { _ } from "./language.js";
import { digits } from "./numbers.js";

/** @import { Offer } from "pages/shared/wire/head.py" */
/** @import { Bundle } from "./bundle.js" */

/** @param {(query: Record<string, string>) => void} go */
export function makeSaid(go) {
  const text = el("span");
  const button = el("button", { type: "button", class: "rms-next" });
  const node = el("p", { class: "rms-verdict", "aria-live": "polite" }, text, " ", button);
  let bundle = /** @type {Bundle | null} */ (null);
  let offered = /** @type {Offer | null} */ (null);
  button.addEventListener("click", () => { if (offered) go(offered.query); });

  // The numbers of the runs that are under way at step t, and the last chapter of the story by then.
  /** @param {Bundle} bundle @param {number} t */
  function sofar({ head, columns }, t) {
    const places = head.runs.filter((run) => !run.pinned && t < columns[`${run.key}.f`].length).map((run) => {
      const key = ["median", "loss", "f"].find((name) => `${run.key}.${name}` in columns);
      const height = `${`${run.key}.loss` in columns ? "f − f*" : "f"} = ${digits(columns[`${run.key}.${key}`][t], "", 3)}`;
      const known = { who: run.title, height };
      return key === "median" ? _("the median of {who} is {height}", known) : _("{who} is at {height}", known);
    });
    const now = places.length ? [_("At step {t} {places}.", { t, places: places.join(_(" and ")) })] : [];
    return [...now, head.story?.findLast(([step]) => step <= t)?.[1]].filter(Boolean).join(" ");
  }

  return {
    node,
    /** @param {Offer | null} found */
    offer(found) {
      offered = found;
      write(button, found?.label ?? "");
    },
    /** @param {Bundle} shown */
    show(shown) { bundle = shown; },
    /** @param {number} t */
    draw(t) {
      if (!bundle) return;
      const { head } = bundle;
      const atEnd = t >= head.steps || !head.story;
      button.hidden = !atEnd;
      const next = atEnd ? head.verdict : sofar(bundle, t);
      write(text, next);
    },
  };
}
