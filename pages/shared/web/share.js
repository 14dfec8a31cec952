// A button that copies the address. data: {link, copied, failed}, what it says.

import { el } from "./dom.js";

/** @param {HTMLElement} root @param {{ link: string, copied: string, failed: string }} words */
export function share(root, words) {
  const node = el("button", { type: "button" }, words.link);
  node.addEventListener("click", async () => {
    node.textContent = (await copied(location.href)) ? words.copied : words.failed;
    setTimeout(() => { node.textContent = words.link; }, 2500);
  });
  root.replaceChildren(el("div", { class: "rms-share" }, node));
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
