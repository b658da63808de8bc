/** Bytes as bits, the least significant first, which is how Arrow keeps validity and booleans. */
export function packBits(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(bytes.length / 8))
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0) bits[at >> 3] = (bits[at >> 3] as number) | (1 << (at & 7))
  }
  return bits
}

/** How many of the bytes are zero. */
export function countZeros(bytes: Uint8Array): number {
  let zeros = 0
  for (const byte of bytes) if (byte === 0) zeros++
  return zeros
}
