// Every tracked file of the repository has to be on a list, so that nothing is committed by mistake: a downloaded
// archive, an editor's backup, a log; and no source file may be so long that nobody reads it. How long a function may be
// is in `.oxlintrc.json` and `clippy.toml`. `node scripts/check-files.mjs` checks what git tracks; names of files after it
// are checked instead.
import { readFile } from 'node:fs/promises'
import { run } from './run.mjs'
import { main, Problem } from './terminal.mjs'

/** What belongs where. A new kind of file is added here in the commit that brings it. */
const KNOWN = [
  /^(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md$/,
  /^LICENSE$/,
  /^\.(gitignore|npmrc|prettierignore)$/,
  /^\.(oxlintrc|prettierrc)\.json$/,
  /^(package|package-lock|tsconfig|tsconfig\.build|typedoc)\.json$/,
  /^vitest\.config\.mts$/,
  /^Cargo\.(toml|lock)$/,
  /^(clippy|deny|rust-toolchain|rustfmt)\.toml$/,
  /^(index|devserver)\.(mjs|d\.ts|d\.mts)$/,
  /^index\.v[\d.]+\.d\.(ts|mts)$/,
  /^index\.v5\.6\.d\.m?ts$/,
  /^native\/index\.(cjs|d\.ts)$/,
  /^\.ci\/run$/,
  /^\.github\/(dependabot\.yml|workflows\/[a-z-]+\.yml|aerospike\/[a-z\d.]+\.conf)$/,
  /^src\/([a-z-]+\/)*[a-z\d-]+\.(ts|peggy)$/,
  /^__test__\/([a-z-]+\/)*[a-z\d-]+(\.test|\.test-d)?\.(ts|mts|cts|mjs|cjs)$/,
  /^scripts\/[a-z-]+\.(mjs|sh|txt)$/,
  /^docs\/[a-z-]+\.(md|dot|svg)$/,
  /^examples\/[a-z]+\/([a-z_-]+\.(mjs|py|html)|README\.md|package\.json|\.npmrc)$/,
  /^npm\/(darwin|linux|win32)-(x64|arm64)(-gnu|-musl|-msvc)?\/(README\.md|package\.json)$/,
  /^crates\/[a-z]+\/(Cargo\.toml|build\.rs)$/,
  /^crates\/node\/header\.d\.ts$/,
  /^crates\/[a-z]+\/(src|tests|benches|examples)\/([a-z_]+\/)*[a-z\d_]+\.rs$/,
  /^crates\/[a-z]+\/src\/([a-z_]+\/)*[a-z\d_]+\.txt$/,
  /^crates\/devserver\/tests\/clients\/([a-z_]+\.py|go\/(go\.mod|go\.sum|main\.go))$/,
  /^benchmarks\/(README\.md|requirements\.txt|[a-z-]+\.mjs|chart\.py)$/,
  /^benchmarks\/(lib|peers)\/([a-z]+\/)*[a-z_]+\.(mjs|py)$/,
  /^benchmarks\/results\/[a-z-]+\.(json|svg)$/,
  /^benchmarks\/rust\/(Cargo\.toml|(src|benches)\/([a-z_]+\/)*[a-z_]+\.rs)$/,
  /^fuzz\/(\.gitignore|Cargo\.lock|(seeds\/)?Cargo\.toml|(seeds\/src|fuzz_targets)\/[a-z_]+\.rs)$/,
  /^fixtures\/([a-z-]+\/)*([a-z\d._-]+\.(json|npy|pem|csv|hex|txt)|make\.py|README\.md)$/,
]

/** The files that no pattern of the list knows. */
const unknownOf = (files) => files.filter((file) => !KNOWN.some((pattern) => pattern.test(file)))

/** Lines that a file of the package's own source may have. */
const MOST_LINES = 400
const SOURCE = /^(src|crates\/[a-z]+\/src)\/.*\.(ts|rs)$/
/** Longer ones: what a generator has written. */
const MAY_BE_LONGER = new Set(['src/expressions/ael/grammar.ts'])

/** The source files that have too many lines, with their number of lines. */
async function tooLongOf(files) {
  const sources = files.filter((file) => SOURCE.test(file) && !MAY_BE_LONGER.has(file))
  const counted = sources.map(async (file) => ({ file, lines: (await readFile(file, 'utf8')).split('\n').length - 1 }))
  return (await Promise.all(counted)).filter(({ lines }) => lines > MOST_LINES)
}

async function trackedFiles() {
  const { code, output } = await run('git', ['ls-files'])
  if (code !== 0) throw new Problem('git cannot list the files of the repository.', '', output)
  return output.split('\n')
}

await main(async () => {
  const given = process.argv.slice(2)
  const files = given.length > 0 ? given : await trackedFiles()
  const unknown = unknownOf(files)
  if (unknown.length > 0) {
    const remedy = 'Remove them (`git rm`), or add their kind to the list in scripts/check-files.mjs.'
    throw new Problem(`Files that no list knows: ${unknown.join(', ')}.`, remedy)
  }
  const tooLong = await tooLongOf(files)
  if (tooLong.length > 0) {
    const named = tooLong.map(({ file, lines }) => `${file} (${lines})`).join(', ')
    throw new Problem(`Files of more than ${MOST_LINES} lines: ${named}.`, 'Split them by what they are about.')
  }
  console.log(`${files.length} files, all of a known kind`)
})
