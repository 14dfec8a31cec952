// What a turned dial shows at once: the run is fetched over plain HTTP and painted before Streamlit hears of it.
// One request in flight, the newest next. ask(url, turn) resolves to whether what was asked for is on the screen.

/** @param {(bytes: Uint8Array, turn: number) => void} paint */
export function makePreview(paint) {
  /** @type {Promise<boolean> | null} */
  let flying = null;
  /** @type {{ url: string, turn: number } | null} */
  let next = null;

  async function fly() {
    try {
      while (next) {
        const { url, turn } = next;
        next = null;
        const answer = await fetch(url);
        if (answer.status !== 200) return false; // what the link says can't be run: the page will say why
        paint(new Uint8Array(await answer.arrayBuffer()), turn);
      }
      return true;
    } catch { // no route, no network: Streamlit's own way remains
      return false;
    } finally {
      flying = next = null;
    }
  }

  /**
   * @param {string} url
   * @param {number} turn
   */
  return function ask(url, turn) {
    next = { url, turn };
    return (flying ??= fly());
  };
}
