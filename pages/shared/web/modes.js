// How the front of a class sees a page: behind a curtain nothing of the future is shown; for a projector there is less, and
// it is large. Both are classes on the page's root, and full screen is the projector's view too. In a frame of another page
// that is no phone, too, there is only what fits.

/** @typedef {{ curtain: boolean, present: boolean }} Modes */

const root = document.documentElement;

// Streamlit knows embed=true alone.
const query = new URLSearchParams(location.search);
if (query.get("embed") === "1") {
  query.set("embed", "true");
  location.search = String(query);
}
const ROOM = 560; // px; a frame less wide is a phone

/** @param {() => void} changed is called where the page itself has changed its size */
export function makeModes(changed) {
  const on = { curtain: false, present: false };
  let k = 1; // how much larger type on a canvas is than on a desk, where 12 px is the smallest

  /** @param {Partial<Modes>} [next] */
  function set({ curtain = on.curtain, present = on.present } = {}) {
    Object.assign(on, { curtain, present });
    const large = present || document.fullscreenElement !== null;
    root.classList.toggle("rms-curtain", curtain);
    root.classList.toggle("rms-present", large);
    const framed = innerWidth >= ROOM && document.querySelector(".streamlit-embedded .st-key-experiment") !== null;
    root.classList.toggle("rms-framed", framed);
    root.classList.toggle("rms-stage", large || framed);
    k = (large ? 2 : 1) * Math.max(1, Math.min(innerWidth / 1280, innerHeight / 800, 1.5)); // as the style sheet's px grow
    root.style.setProperty("--k", String(k));
  }

  // Where full screen is not allowed, in a frame of another page, all stays as it is.
  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else root.requestFullscreen?.().catch(() => {});
  }

  const again = () => { set(); changed(); };
  document.addEventListener("fullscreenchange", again);
  window.addEventListener("resize", again);

  return {
    on,
    set,
    fullScreen,
    get k() { return k; },
    destroy() {
      document.removeEventListener("fullscreenchange", again);
      window.removeEventListener("resize", again);
    },
  };
}
