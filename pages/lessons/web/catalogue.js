// The lessons in their order, each with how far this browser has come in it.
// send("open", {lesson}) opens one.

import { el, setTheme } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { kept } from "../../shared/web/lesson.js";

/** @import { Send } from "../../shared/web/player.js" */

/** @typedef {{ key: string, title: string, question: string, minutes: number, of: number, href: string }} Entry */

/** @param {HTMLElement} root @param {{ lessons: Entry[] }} data @param {Send} send */
export function catalogue(root, { lessons }, send) {
  const done = kept();
  const rows = lessons.map(({ key, title, question, minutes, of, href }) => {
    const seen = Object.keys(done[key] ?? {}).length;
    const link = el("a", { href, target: "_self" }, el("b", {}, title), el("span", {}, question));
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
      event.preventDefault();
      send("open", { lesson: key, at: Date.now() });
    });
    const how = seen >= of ? _("done") : seen ? _("{seen} of {of}", { seen, of }) : _("{minutes} min", { minutes });
    return el("li", { "data-lesson": key, "data-done": String(seen >= of) }, link, el("small", {}, how));
  });
  const list = el("ol", { class: "rms-catalogue" }, ...rows);
  root.replaceChildren(list);
  setTheme(list);
}
