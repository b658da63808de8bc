// What test programs have written about their tests, as `{ file: { test: outcome } }` with the outcomes `pass`, `skip`, and
// for failures their message.
import { existsSync, readFileSync } from 'node:fs'

/** The JSON report of mocha, of one file. A run that wrote nothing failed as a whole. */
export function readMocha(path) {
  if (!existsSync(path)) return { '(the whole file)': 'it crashed, or took too long' }
  const { passes, pending, failures } = JSON.parse(readFileSync(path, 'utf8'))
  const outcomes = {}
  const note = (tests, outcome) => tests.forEach((test) => (outcomes[nameIn(outcomes, test.fullTitle)] = outcome(test)))
  note(passes, () => 'pass')
  note(pending, () => 'skip')
  note(failures, ({ err }) => String(err.message ?? 'failed').slice(0, 200))
  return outcomes
}

/** Tests that have the same name are numbered. */
function nameIn(outcomes, name) {
  for (let count = 1; ; count++) {
    const numbered = count === 1 ? name : `${name} #${count}`
    if (!(numbered in outcomes)) return numbered
  }
}

/** The JUnit report of pytest, of all files. */
export function readJunit(path) {
  const results = {}
  const report = existsSync(path) ? readFileSync(path, 'utf8') : ''
  for (const [, attributes, body = ''] of report.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    const attribute = (name) => unescape(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '')
    const file = `${attribute('classname').split('.')[1]}.py`
    const failure = /<(?:failure|error) message="([^"]*)"/.exec(body)
    const outcome = failure ? unescape(failure[1]).slice(0, 200) : body.includes('<skipped') ? 'skip' : 'pass'
    const outcomes = (results[file] ??= {})
    outcomes[nameIn(outcomes, attribute('name'))] = outcome
  }
  return results
}

function unescape(text) {
  const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#10': '\n' }
  return text.replaceAll(/&(#?\w+);/g, (all, name) => entities[name] ?? all)
}
