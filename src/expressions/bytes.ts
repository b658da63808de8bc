/** MessagePack as the server reads it in expressions: each value in its shortest form. */
export class Packer {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  /** A copy of what was written. */
  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes.subarray(0, this.#length))
  }

  /** The head of an array. */
  array(length: number): void {
    this.#head(length, 0x90, 15, [undefined, 0xdc, 0xdd])
  }

  /** The head of a map. */
  map(length: number): void {
    this.#head(length, 0x80, 15, [undefined, 0xde, 0xdf])
  }

  /** The head of a string, and behind it the bytes. */
  text(...parts: readonly Uint8Array[]): void {
    this.#head(
      parts.reduce((sum, { length }) => sum + length, 0),
      0xa0,
      31,
      [0xd9, 0xda, 0xdb],
    )
    parts.forEach((part) => this.raw(part))
  }

  /** An integer of up to 64 bits. */
  int(value: number | bigint): void {
    const small = Number(value)
    if (small >= -32 && small < 128) return this.#put(1, (at) => this.#bytes.writeInt8(small, at))
    if (small >= 0) return this.#unsigned(BigInt(value), small)
    return this.#signed(BigInt(value), small)
  }

  /** A double. */
  float(value: number): void {
    this.byte(0xcb)
    this.#put(8, (at) => this.#bytes.writeDoubleBE(value, at))
  }

  /** One byte. */
  byte(value: number): void {
    this.#put(1, (at) => this.#bytes.writeUInt8(value, at))
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    this.#put(value.length, (at) => this.#bytes.set(value, at))
  }

  #unsigned(value: bigint, small: number): void {
    if (small < 0x100) return this.#tagged(0xcc, 1, (at) => this.#bytes.writeUInt8(small, at))
    if (small < 0x1_0000) return this.#tagged(0xcd, 2, (at) => this.#bytes.writeUInt16BE(small, at))
    if (small < 0x1_0000_0000) return this.#tagged(0xce, 4, (at) => this.#bytes.writeUInt32BE(small, at))
    this.#tagged(0xcf, 8, (at) => this.#bytes.writeBigUInt64BE(value, at))
  }

  #signed(value: bigint, small: number): void {
    if (small >= -0x80) return this.#tagged(0xd0, 1, (at) => this.#bytes.writeInt8(small, at))
    if (small >= -0x8000) return this.#tagged(0xd1, 2, (at) => this.#bytes.writeInt16BE(small, at))
    if (small >= -0x8000_0000) return this.#tagged(0xd2, 4, (at) => this.#bytes.writeInt32BE(small, at))
    this.#tagged(0xd3, 8, (at) => this.#bytes.writeBigInt64BE(value, at))
  }

  /** A length: in the tag itself, or behind a tag for 1, 2 or 4 bytes. */
  #head(length: number, tag: number, most: number, tags: readonly [number | undefined, number, number]): void {
    const [one, two, four] = tags
    if (length <= most) return this.byte(tag | length)
    if (length < 0x100 && one !== undefined) return this.#tagged(one, 1, (at) => this.#bytes.writeUInt8(length, at))
    if (length < 0x1_0000) return this.#tagged(two, 2, (at) => this.#bytes.writeUInt16BE(length, at))
    this.#tagged(four, 4, (at) => this.#bytes.writeUInt32BE(length, at))
  }

  #tagged(tag: number, size: number, write: (at: number) => void): void {
    this.byte(tag)
    this.#put(size, write)
  }

  #put(size: number, write: (at: number) => void): void {
    const end = this.#length + size
    if (end > this.#bytes.length) this.#grow(end)
    write(this.#length)
    this.#length = end
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafe(Math.max(least, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}
