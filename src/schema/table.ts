import { tableText } from '../text/table.js'
import { visible } from '../text/visible.js'
import { cutTo } from '../text/width.js'
import type { InferredDtype, SeenValues } from './inferred.js'
import { typeText } from './literal.js'

const HEADER = ['bin or place', 'type', 'values', 'missing', 'smallest', 'largest', 'longest', 'elements']
const WIDEST = 40

/** What was seen as a table: a line per bin, and below it one per place in its lists and maps. */
export function tableOfSeen({ bins }: InferredDtype): string {
  const rows = Object.entries(bins).flatMap(([name, bin]) => [
    lineOf(name, bin),
    ...Object.entries(bin.places).map(([path, place]) => lineOf(`  ${path}`, place)),
  ])
  return tableText(HEADER, rows)
}

function lineOf(name: string, { type, types, missing, smallest, largest, longest, elements }: SeenValues): string[] {
  return [
    cutTo(visible(name), WIDEST),
    typeText(type),
    Object.entries(types)
      .map(([of, count]) => `${count} ${of}`)
      .join(', '),
    missing === undefined ? '' : `${percent(missing)} %`,
    ...[smallest, largest, longest, elements].map((each) => (each === undefined ? '' : String(each))),
  ]
}

/** A share with as many digits as tell it from none and from all. */
function percent(share: number): string {
  if (share === 0 || share === 1) return String(share * 100)
  return (share * 100).toFixed(1)
}
