// Buttons for files that the server makes when asked. A file comes back over the same connection and is saved here.
// data: {files: [{label, help}], sent: {seq, name, mime}} and the column `file`, the bytes of what is sent

import { unpack } from "./bundle.js";
import { el } from "./dom.js";
import { download } from "./picture.js";

/** @import { Send } from "./player.js" */

/** @type {number | null} */
let awaited = null; // the question that is open; not kept on the root, which a rerun may put up anew meanwhile

/** @param {HTMLElement} root @param {Uint8Array} bytes @param {Send} send */
export function downloads(root, bytes, send) {
  const { head, columns } = /** @type {{ head: any, columns: ReturnType<typeof unpack>["columns"] }} */ (unpack(bytes));
  if (head.sent && head.sent.seq === awaited) {
    awaited = null; // two quick clicks save one file, and what is shown again later is not saved again
    download(head.sent.name, new Blob([columns.file], { type: head.sent.mime }));
  }
  const shown = JSON.stringify(head.files);
  if (root.dataset.shown === shown) return; // a button keeps its focus
  root.dataset.shown = shown;
  root.replaceChildren(el("div", { class: "rms-share rms-downloads" }, .../** @type {{ label: string, help: string }[]} */ (head.files).map(({ label, help }, which) => {
    const node = el("button", { type: "button", title: help || undefined }, label);
    node.addEventListener("click", () => send("asked", { which, seq: (awaited = Date.now()) }));
    return node;
  })));
}
