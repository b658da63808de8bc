import { hasLoneSurrogate, quote } from '../../arguments/given.js'
import { DIGEST_BYTES } from '../../keys/ids.js'
import type { PrimaryKey } from '../../keys/key.js'
import { InputError } from '../command.js'

/** How the text of a key becomes a primary key. */
export const KEY_TYPES = ['string', 'int', 'hex', 'digest'] as const

/** One of {@link KEY_TYPES}. */
export type KeyType = (typeof KEY_TYPES)[number]

/** The primary key that a text stands for; `label` says where it comes from. */
export function parseKey(text: string, type: KeyType, label: string): PrimaryKey {
  if (type === 'string') {
    if (!hasLoneSurrogate(text)) return text
    throw new InputError(`${label}: the key ${quote(text)} has a lone surrogate, which UTF-8 cannot hold`)
  }
  if (type === 'int') {
    if (!/^-?\d{1,19}$/.test(text)) throw new InputError(`${label}: the key ${quote(text)} is not an integer`)
    return BigInt(text)
  }
  if (!/^([\da-f]{2})+$/i.test(text)) throw new InputError(`${label}: the key ${quote(text)} is not hex`)
  const bytes = Buffer.from(text, 'hex')
  if (type === 'hex') return bytes
  if (bytes.length !== DIGEST_BYTES)
    throw new InputError(`${label}: the digest ${quote(text)} has ${bytes.length} bytes, not ${DIGEST_BYTES}`)
  return { digest: bytes }
}
