// Buttons that the browser answers itself: copy the address, save the picture on show.
// data: {words: {link, copied, failed, png, svg}}

function share(root, { words }) {
  const act = (label, what) => {
    const node = el("button", { type: "button" }, label);
    node.addEventListener("click", () => what(node));
    return node;
  };
  const picture = (kind) => () => document.querySelector(".rmsprop-player")?.savePicture(kind);
  const copy = act(words.link, async (node) => {
    node.textContent = (await copied(location.href)) ? words.copied : words.failed;
    setTimeout(() => { node.textContent = words.link; }, 2500);
  });
  copy.className = "rms-copy";
  root.replaceChildren(el("div", { class: "rms-share" }, copy, act(words.png, picture("png")), act(words.svg, picture("svg"))));
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
