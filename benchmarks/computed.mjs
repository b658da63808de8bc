// `npm run bench -- --computed`: fields that are read from elsewhere beside the bin itself. See benchmarks/README.md.
import { double, dtype, exp } from 'aerostride'
import { main } from '../scripts/terminal.mjs'
import { compareReads, printHead } from './lib/turns.mjs'

/** A place that is read as one type: what is there of another type is missing, and not a mismatch. */
const score = exp.maps.getByKey(exp.map('profile'), 'score', { as: 'float' })
const level = exp.maps.getByKey(exp.map('profile'), 'level', { as: 'int' })

/**
 * One field each, so that nothing else is paid for; `of` is what its time is compared with. A place that is read as one type
 * comes as a plain bin does, and so does a bin whose records have to pass a filter: what a client takes more for these than
 * for a bin, waiting costs.
 */
const FIELDS = {
  'a bin, f8': { field: 'f8', sum: (n) => n / 2 },
  'another bin, f8': { field: { type: 'f8', from: 'value' }, sum: (n) => n / 2, of: ['a bin, f8'] },
  'a bin, filtered, f8': { field: 'f8', filter: '$.profile.score >= 0.0', sum: (n) => n / 2, of: ['a bin, f8'] },
  'computed, f8': { field: { type: 'f8', from: '$.value * 1.8 + 32.0' }, sum: (n) => n * 0.9 + 32, of: ['a bin, f8'] },
  'nested, one type, f8': { field: { type: 'f8', from: score }, sum: (n) => n / 2, of: ['a bin, f8'] },
  'nested, f8': {
    field: { type: 'f8', from: '$.profile.score' },
    sum: (n) => n / 2,
    of: ['a bin, f8', 'nested, one type, f8', 'a bin, filtered, f8'],
  },
  'a bin, i4': { field: 'i4', sum: (n) => n },
  'a bin, filtered, i4': { field: 'i4', filter: '$.profile.level >= 0', sum: (n) => n, of: ['a bin, i4'] },
  'computed, i4': { field: { type: 'i4', from: '$.count * 2' }, sum: (n) => n * 2, of: ['a bin, i4'] },
  'nested, one type, i4': { field: { type: 'i4', from: level }, sum: (n) => n, of: ['a bin, i4'] },
  'nested, i4': {
    field: { type: 'i4', from: '$.profile.level' },
    sum: (n) => n,
    of: ['a bin, i4', 'nested, one type, i4', 'a bin, filtered, i4'],
  },
}

/** The bin of a plain field, and the one that computed fields of its type read. */
const binOf = (name) => (name.endsWith('i4') ? 'count' : 'value')

function optionsOf(name) {
  const { field, filter } = FIELDS[name]
  return { dtype: dtype({ [typeof field === 'string' ? binOf(name) : 'x']: field }), filter }
}

const figure = (value) => value.toFixed(2).padStart(6)

await main(async () => {
  const run = await compareReads({
    set: 'computed',
    options: Object.fromEntries(Object.keys(FIELDS).map((name) => [name, optionsOf(name)])),
    record: (n) => ({ value: double(n / 2), count: n, profile: { score: double(n / 2), level: n } }),
    check,
  })
  printHead(run, '1 field')
  for (const [name, { cpu, ms }] of Object.entries(run.results)) {
    const { of = [] } = FIELDS[name]
    const ratios = of.map((other) => `  ${(cpu / run.results[other].cpu).toFixed(2)} x ${other}`).join('')
    console.log(`  ${name.padEnd(20)} client CPU ${figure(cpu)} ms  time ${figure(ms)} ms${ratios}`)
  }
  console.log('')
})

/** The sum of the only column. */
function check(name, { columns, length }) {
  const [[field, column]] = Object.entries(columns)
  const { sum: sumOf } = FIELDS[name]
  const sum = column.reduce((total, value) => total + value, 0)
  const expected = (sumOf(length - 1) + sumOf(0)) * (length / 2)
  if (Math.abs(sum - expected) > 1e-6 * expected) throw new Error(`${field} adds up to ${sum}, not ${expected}`)
}
