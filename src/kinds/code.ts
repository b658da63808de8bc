import type { Field, ViewKind } from './kinds.js'

type Coded = Pick<Field, 'kind' | 'itemsize' | 'shape' | 'element' | 'unit'>

/** A field's code as a person writes it: `f8`, `S16`, `f4[2,3]`, `f4[]` for a list, `datetime64[ms]`. */
export function codeOf({ kind, itemsize, shape, element, unit }: Coded): string {
  if (kind === 'list') return `${element}[]`
  if (kind === 'M8') return `datetime64[${unit}]`
  const code = kind === 'S' || kind === 'V' ? `${kind}${itemsize}` : kind
  return shape.length === 0 ? code : `${code}[${shape.join(',')}]`
}

/** The code of one element, as the binding takes it: what a dtype of the same fields is made from. */
export function nativeCodeOf({ kind, element, descr }: Pick<Field, 'kind' | 'element' | 'descr'>): string {
  if (kind === 'list') return `list<${element}>`
  return isViewKind(kind) ? kind : descr
}

/** Whether cells of a kind have any length. */
export function isViewKind(kind: string): kind is ViewKind {
  return kind === 'utf8' || kind === 'binary' || kind === 'list' || kind === 'any'
}
