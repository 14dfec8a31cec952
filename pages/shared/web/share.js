// Buttons that the browser answers itself: copy the address, save the picture on show.
// data: {kinds: some of "link", "png", "svg", words: {link, png, svg, copied, failed}}

import { el } from "./dom.js";
import { stage } from "./stage.js";

/** @typedef {"link" | "png" | "svg"} Kind */

/** @param {HTMLElement} root @param {{ kinds: Kind[], words: Record<Kind | "copied" | "failed", string> }} data */
export function share(root, { kinds, words }) {
  const copy = async (/** @type {HTMLElement} */ node) => {
    node.textContent = (await copied(location.href)) ? words.copied : words.failed;
    setTimeout(() => { node.textContent = words.link; }, 2500);
  };
  const acts = { link: copy, png: () => savePicture("png"), svg: () => savePicture("svg") };
  const savePicture = (/** @type {"png" | "svg"} */ kind) => stage.player?.savePicture(kind);
  root.replaceChildren(el("div", { class: "rms-share" }, ...kinds.map((kind) => {
    const node = el("button", { type: "button", "data-kind": kind }, words[kind]);
    node.addEventListener("click", () => acts[kind](node));
    return node;
  })));
}

// The clipboard is there on https and on this machine; a plain http address in a classroom needs the old way.
/** @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = el("textarea", { style: "position: fixed; opacity: 0" });
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
