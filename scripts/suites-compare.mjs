// Results of a suite, compared with what is expected of it.

/** Numbers of what passes, fails and is skipped. */
export function counts(results) {
  const outcomes = Object.values(results).flatMap((file) => Object.values(file))
  const passed = outcomes.filter((outcome) => outcome === 'pass').length
  const skipped = outcomes.filter((outcome) => outcome === 'skip').length
  return `${passed} pass, ${outcomes.length - passed - skipped} fail, ${skipped} are skipped`
}

/**
 * What differs. `files` says how many tests of each file pass on a real server, `fails` which fail there too, and `open`
 * which fail only here, with the reason. Without expectations, every failure is told.
 */
export function compare(results, expected) {
  const failures = Object.entries(results).flatMap(([file, outcomes]) =>
    Object.entries(outcomes)
      .filter(([, outcome]) => outcome !== 'pass' && outcome !== 'skip')
      .map(([test, outcome]) => ({ file, test, outcome })),
  )
  if (expected === undefined) return failures.map(({ file, test, outcome }) => `${file}: ${test}: ${outcome}`)
  const known = [...expected.fails, ...expected.open]
  const isKnown = ({ file, test }) => known.some((entry) => entry.file === file && entry.test === test)
  const news = failures.filter((failure) => !isKnown(failure))
  const right = expected.open.filter(({ file, test }) => results[file]?.[test] === 'pass')
  return [
    ...news.map(({ file, test, outcome }) => `${file}: ${test}: ${outcome}`),
    ...right.map(({ file, test }) => `${file}: ${test}: passes and is still listed as open`),
    ...missing(results, expected),
  ]
}

/** Files in which fewer tests pass than on a real server, without those that are open. */
function missing(results, { files, open }) {
  return Object.entries(files).flatMap(([file, wanted]) => {
    const passed = Object.values(results[file] ?? {}).filter((outcome) => outcome === 'pass').length
    const least = wanted - open.filter((entry) => entry.file === file).length
    return passed < least ? [`${file}: ${passed} tests pass, and ${least} should`] : []
  })
}
