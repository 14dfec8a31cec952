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
  let ahead = { from: "", got: /** @type {Promise<Got> | null} */ (null) };

  /** @typedef {{ status: number, bytes: Uint8Array | null, said: string }} Got */
  /** @param {string} from @returns {Promise<Got>} */
  async function get(from) {
    try {
      const answer = await fetch(from, { signal: AbortSignal.timeout(PATIENCE) });
      const { status } = answer;
      return { status, bytes: status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null, said: WHY.includes(status) ? await answer.text() : "" };
    } catch { // no network, no server
      return { status: 0, bytes: null, said: "" };
    }
  }

  async function fly() {
    let status = 0;
    said = "";
    while (next) {
      const asked = next;
      next = null;
      const from = address(asked);
      let got = ahead.from === from ? await ahead.got : null;
      if (!got?.bytes) got = await get(from);
      ({ status, said } = got);
      if (got.bytes) arrived(asked, unpack(got.bytes));
    }
    return status;
  }

  return {
    busy: () => flying !== null,
    said: () => said, // why the last answer was none, in the server's words
    // Fetch what is likely to be asked for next.
    /** @param {Asked} asked */
    expect(asked) {
      const from = address(asked);
      if (ahead.from !== from) ahead = { from, got: get(from) };
    },
    // Resolves, once nothing is in flight, to the status of the last answer: 200 where what was asked for last is on the
    // screen, 0 where there was none.
    /** @param {Asked} asked @returns {Promise<number>} */
    ask(asked) {
      next = asked;
      return (flying ??= fly().finally(() => { flying = null; }));
    },
  };
}
