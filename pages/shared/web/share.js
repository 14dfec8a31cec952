// Buttons that the browser answers itself: copy the address, save the picture on show.
// data: {kinds: some of "link", "png", "svg", words: {link, png, svg, copied, failed}}

import { el } from "./dom.js";
import { stage } from "./stage.js";

export function share(root, { kinds, words }) {
  const copy = async (node) => {
    node.textContent = (await copied(location.href)) ? words.copied : words.failed;
    setTimeout(() => { node.textContent = words.link; }, 2500);
  };
  const acts = { link: copy, png: () => savePicture("png"), svg: () => savePicture("svg") };
  const savePicture = (kind) => stage.player?.savePicture(kind);
  root.replaceChildren(el("div", { class: "rms-share" }, ...kinds.map((kind) => {
    const node = el("button", { type: "button", "data-kind": kind }, words[kind]);
    node.addEventListener("click", () => acts[kind](node));
    return node;
  })));
}

// The clipboard is there on https and on this machine; a plain http address in a classroom needs the old way.
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
