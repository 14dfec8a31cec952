// What Python sends: uint32 length of a JSON head, the head padded to a multiple of 8, then the columns.
/** @import { Head } from "pages/shared/wire/head.py" */

/** @typedef {Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>} Column */
/** @typedef {{ head: Head, columns: Record<string, Column> }} Bundle */
/** @typedef {ReturnType<typeof runsOf>[number]} Run */
/** @typedef {NonNullable<ReturnType<typeof surfaceOf>>} Surface */

const TYPES = { f8: Float64Array, f4: Float32Array, u1: Uint8Array };

/** @param {Uint8Array} bytes @returns {Bundle} */
export function unpack(bytes) {
  const copy = new Uint8Array(bytes); // a buffer of our own, so that Float64Array finds its alignment
  const size = new DataView(copy.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + size)));
  const columns = /** @type {Record<string, Column>} */ ({});
  let at = 8 * Math.ceil((4 + size) / 8);
  for (const [name, type, length] of /** @type {Bundle["head"]} */ (head).columns) {
    columns[name] = new TYPES[type](copy.buffer, at, length);
    at += 8 * Math.ceil(columns[name].byteLength / 8);
  }
  return { head, columns };
}

// The runs of a bundle with their own columns.
/** @param {Bundle} bundle */
export function runsOf({ head, columns }) {
  return head.runs.map((run) => {
    const [x, y, f, cloud] = ["x", "y", "f", "cloud"].map((name) => columns[`${run.key}.${name}`]);
    return { ...run, x, y, f, cloud: /** @type {Column | undefined} */ (cloud) };
  });
}

// The surface with its grids, in the bundle that brings it.
/** @param {Bundle} bundle */
export function surfaceOf({ head: { surface }, columns }) {
  return surface && { ...surface, z: columns["surface.z"], f: columns["surface.f"] };
}
