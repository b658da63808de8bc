// `npm run bench -- --text`: text of any length beside text of a fixed size. See benchmarks/README.md.
import { dtype } from 'aerostride'
import { main } from '../scripts/terminal.mjs'
import { compareReads, printHead } from './lib/turns.mjs'

const BINS = ['name', 'street', 'city', 'note', 'tag']
const CODES = ['S40', 'utf8']
const [SHORTEST, LONGEST] = [5, 40]
const MIB = 2 ** 20

/** How long the text of bin `b` of record `n` is: from 5 to 40 bytes, every length as often. */
const lengthOf = (n, b) => SHORTEST + ((n * 7 + b * 11) % (LONGEST - SHORTEST + 1))

function textOf(n, b) {
  const length = lengthOf(n, b)
  return `${n}:${b} `.padEnd(length, 'abcdefghij').slice(0, length)
}

await main(async () => {
  const run = await compareReads({
    set: 'text',
    options: Object.fromEntries(CODES.map((code) => [code, { dtype: dtypeOf(code) }])),
    record: (n) => Object.fromEntries(BINS.map((bin, b) => [bin, textOf(n, b)])),
    check,
  })
  printHead(run, `5 texts of ${SHORTEST} to ${LONGEST} bytes`)
  for (const [code, { cpu, ms, batch }] of Object.entries(run.results)) {
    const figures = `time ${ms.toFixed(2)} ms  client CPU ${cpu.toFixed(2)} ms`
    console.log(`  ${code.padEnd(6)} ${figures}  memory ${(memoryOf(batch) / MIB).toFixed(2)} MiB`)
  }
  const { S40: fixed, utf8: views } = run.results
  console.log(`  utf8 takes ${(views.ms / fixed.ms).toFixed(2)} x the time of S40`)
  const share = memoryOf(views.batch) / (textBytes(run.keys) + run.keys * BINS.length * 16)
  console.log(`  utf8 takes ${share.toFixed(2)} x the memory of the text and 16 bytes a cell\n`)
})

function dtypeOf(code) {
  return dtype(Object.fromEntries(BINS.map((bin) => [bin, code])))
}

/** The bytes of all texts. */
function textBytes(keys) {
  let bytes = 0
  for (let n = 0; n < keys; n++) for (const b of BINS.keys()) bytes += lengthOf(n, b)
  return bytes
}

/** The cells and what they speak of; not what every batch has, such as codes and generations. */
function memoryOf(batch) {
  const cells = batch.length * BINS.length * (batch.blocks.length > 0 ? 16 : LONGEST)
  return cells + batch.blocks.reduce((sum, block) => sum + block.buffer.byteLength, 0)
}

function check(code, { columns, length }) {
  for (const [b, bin] of BINS.entries()) {
    const column = columns[bin]
    for (let n = 0; n < length; n += 97) {
      const text = code === 'S40' ? column.string(n) : column.get(n)
      if (text !== textOf(n, b)) throw new Error(`row ${n} of ${bin} as ${code} is ${text}, not ${textOf(n, b)}`)
    }
  }
}
