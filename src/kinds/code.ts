import type { Field } from './kinds.js'

/** A field's code as a person writes it: `f8`, `S16`, `f4[2,3]`. */
export function codeOf({ kind, itemsize, shape }: Pick<Field, 'kind' | 'itemsize' | 'shape'>): string {
  const code = kind === 'S' || kind === 'V' ? `${kind}${itemsize}` : kind
  return shape.length === 0 ? code : `${code}[${shape.join(',')}]`
}
