// On a narrow screen the map stays in sight while the controls under the player are turned: once the player has been
// scrolled away the map stands at the top of the screen, and its place in the page is kept.

const ALOFT = 300; // px at the top of the screen that header and map take then

/** @param {HTMLElement} frame @param {HTMLElement} host */
export function keepInSight(frame, host) {
  const narrow = window.matchMedia("(max-width: 700px)");
  const observer = new IntersectionObserver(([entry]) => {
    const top = entry.rootBounds?.top ?? 0;
    const away = narrow.matches && !entry.isIntersecting && entry.boundingClientRect.bottom < top;
    if (away === frame.classList.contains("rms-aloft")) return;
    frame.style.paddingTop = away ? `${host.offsetHeight + parseFloat(getComputedStyle(host).marginTop)}px` : "";
    frame.classList.toggle("rms-aloft", away);
  }, { rootMargin: `-${ALOFT}px 0px 0px 0px` });
  observer.observe(frame);
  return () => observer.disconnect();
}
