// Streamlit drops what it is sent while its server is away, and a server that was started anew knows nothing of the page
// until something runs.

/** @import { Send } from "./player.js" */

export const server = new EventTarget(); // "back": it has been away, and is there again

const CONNECTION = "data-test-connection-state";

// Have the page's script run once the server is there again.
/** @param {Send} send */
export function watch(send) {
  const app = document.querySelector(`[${CONNECTION}]`);
  if (!app) return () => {};
  let away = false;
  const observer = new MutationObserver(() => {
    const there = app.getAttribute(CONNECTION) === "CONNECTED";
    if (there && away) {
      server.dispatchEvent(new Event("back"));
      send("back", Date.now());
    }
    away = !there;
  });
  observer.observe(app, { attributeFilter: [CONNECTION] });
  return () => observer.disconnect();
}
