// `npm test`: builds what is needed, then runs every test of the repository, in Rust and in TypeScript.
// `npm test -- rust` and `npm test -- js [vitest arguments]` run one half.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildNative, buildTypeScript } from './build.mjs'
import { cargoEnvironment, cargoProgress, compileProblem } from './cargo.mjs'
import { installDependencies } from './install.mjs'
import { checkRequirements } from './requirements.mjs'
import { run, show, tool } from './run.mjs'
import { bold, dim, green, main, Problem, red, step } from './terminal.mjs'

await main(async () => {
  const [half, ...vitestArguments] = process.argv.slice(2)
  if (!['rust', 'js', undefined].includes(half)) {
    throw new Problem(`There is no half called '${half}' of the tests.`, 'Say `rust`, `js`, or nothing for both.')
  }
  await checkRequirements()
  const results = []
  if (half !== 'rust') {
    await installDependencies()
    await buildNative()
    await buildTypeScript()
  }
  if (half !== 'js') results.push({ runner: 'cargo test', ...(await cargoTest()) })
  if (half !== 'rust') results.push({ runner: 'vitest', ...(await vitest(vitestArguments)) })
  conclude(results)
})

/** Every Rust test, unit, integration and documentation; the compiler's progress first, then what the tests say. */
async function cargoTest() {
  await step('Building the Rust tests', async (report, note) => {
    const progress = cargoProgress(report)
    const options = { onLine: progress.onLine, env: cargoEnvironment }
    const { code, output } = await run('cargo', ['test', '--workspace', '--no-run'], options)
    if (code !== 0) throw compileProblem('The Rust tests do not build.', output)
    note(progress.summary())
  })
  console.log(`\n${bold('cargo test')}`)
  const tally = { passed: 0, failed: 0, skipped: 0 }
  const onLine = (line) => printTestLine(line, tally)
  const { code } = await run('cargo', ['test', '--workspace', '--no-fail-fast'], { onLine })
  // A test binary that dies without a result line is a failure too.
  if (code !== 0 && tally.failed === 0) tally.failed = 1
  return tally
}

/** Passing tests are counted, not listed; everything else is shown as it comes. */
function printTestLine(line, tally) {
  const result = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/.exec(line)
  if (result !== null) {
    tally.passed += Number(result[1])
    tally.failed += Number(result[2])
    tally.skipped += Number(result[3])
  }
  const noise = /^test .* \.\.\. ok$|^running \d+ tests?$|^test result: ok\. 0 passed|^\s*(Finished|Compiling) /
  if (!noise.test(line))
    console.log(`  ${/^test result: ok|^\s*(Running|Doc-tests) /.test(line) ? dim(line.trim()) : line}`)
}

/** The tests in __test__/, types included, with vitest's own output. */
async function vitest(extra) {
  console.log(`\n${bold('vitest')}`)
  const report = join(tmpdir(), `aerostride-vitest-${process.pid}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await show(process.execPath, [tool('vitest', 'vitest.mjs'), 'run', ...reporters, ...extra])
  const tally = readTally(report)
  rmSync(report, { force: true })
  // Type errors and unhandled rejections fail the run without failing a test.
  if (code !== 0 && tally.failed === 0) tally.failed = 1
  return tally
}

function readTally(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

/** The last word, in which tests that did not run are counted too, and the same numbers for a caller that wants to add them up. */
function conclude(results) {
  console.log()
  for (const { runner, passed, failed, skipped } of results) {
    const mark = failed === 0 ? green('✓') : red('✗')
    console.log(
      `${mark} ${runner.padEnd(12)} ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
    )
  }
  const file = process.env.AEROSTRIDE_TEST_SUMMARY
  if (file !== undefined) writeFileSync(file, JSON.stringify(results))
  if (results.some(({ failed }) => failed > 0)) process.exitCode = 1
}
