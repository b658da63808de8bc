// What is read. Every peer makes the same values by the same rules (see benchmarks/rust/src/workload.rs), and the sum
// over the first bin proves that it has read them.

const numbers = (count) =>
  Array.from({ length: count }, (_, b) => ({ name: `bin_${b}`, code: ['f8', 'i4', 'u1'][b % 3] }))

export const workloads = {
  sensors: {
    title: '5 bins',
    bins: [
      { name: 'temperature', code: 'f8' },
      { name: 'humidity', code: 'i4' },
      { name: 'status', code: 'u1' },
      { name: 'pressure', code: 'f8' },
      { name: 'battery', code: 'f8' },
    ],
  },
  wide: { title: '50 bins', bins: numbers(50) },
  strings: { title: '5 strings', bins: Array.from({ length: 5 }, (_, b) => ({ name: `text_${b}`, code: 'S16' })) },
  vectors: { title: '128 x f4', bins: [{ name: 'embedding', code: 'f4', length: 128 }] },
  embeddings: { title: '1,536 x f4', bins: [{ name: 'embedding', code: 'f4', length: 1536 }] },
}
for (const [set, workload] of Object.entries(workloads)) Object.assign(workload, { namespace: 'test', set })

/** What the first bin of the first `keys` records adds up to. */
export function expectedSum({ bins: [{ code, length }] }, keys) {
  let sum = 0
  for (let i = 0; i < keys; i++) {
    if (length) sum += ((i * 31) % 1000) / 8
    else if (code === 'f8') sum += i * 0.5 + 0.25
    else if (code === 'S16') sum += `v0_${i}`.length
  }
  return sum
}
