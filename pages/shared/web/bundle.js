// What Python sends: uint32 length of a JSON head, the head padded to a multiple of 8, then the columns.
const TYPES = { f8: Float64Array, f4: Float32Array, u1: Uint8Array };

export function unpack(bytes) {
  const copy = bytes.slice(); // a buffer of our own, so that Float64Array finds its alignment
  const size = new DataView(copy.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(copy.subarray(4, 4 + size)));
  const columns = {};
  let at = 8 * Math.ceil((4 + size) / 8);
  for (const [name, type, length] of head.columns) {
    columns[name] = new TYPES[type](copy.buffer, at, length);
    at += 8 * Math.ceil(columns[name].byteLength / 8);
  }
  return { head, columns };
}

