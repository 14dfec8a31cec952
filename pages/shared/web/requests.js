// Bundles over plain HTTP: one request in flight, the newest next.

import { unpack } from "./bundle.js";

/** @import { Bundle } from "./bundle.js" */

const PATIENCE = 60_000; // ms
const WHY = [413, 503]; // with these the server says why: too much work, or too much to do

/** @template Asked @param {(asked: Asked) => string} address where it is to be had @param {(asked: Asked, bundle: Bundle) => void} arrived */
export function makeRequests(address, arrived) {
  let flying = /** @type {Promise<number> | null} */ (null);
  let next = /** @type {Asked | null} */ (null);
  let said = "";

  async function fly() {
    let status = 0;
    said = "";
    while (next) {
      const asked = next;
      next = null;
      let bytes = /** @type {Uint8Array | null} */ (null);
      try {
        const answer = await fetch(address(asked), { signal: AbortSignal.timeout(PATIENCE) });
        status = answer.status;
        if (status === 200) bytes = new Uint8Array(await answer.arrayBuffer());
        said = WHY.includes(status) ? await answer.text() : "";
      } catch { // no network, no server
        status = 0;
      }
      if (bytes) arrived(asked, unpack(bytes));
    }
    return status;
  }

  return {
    busy: () => flying !== null,
    said: () => said, // why the last answer was none, in the server's words
    // Resolves, once nothing is in flight, to the status of the last answer: 200 where what was asked for last is on the
    // screen, 0 where there was none.
    /** @param {Asked} asked @returns {Promise<number>} */
    ask(asked) {
      next = asked;
      return (flying ??= fly().finally(() => { flying = null; }));
    },
  };
}
