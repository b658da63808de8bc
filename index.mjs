// `import` and `require` share one implementation, so `instanceof` holds across both.
import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { arrowIsImported } from './dist/arrow/library.js'

export * from './dist/index.js'

// Taken apart, because bundlers read `import.meta.resolve(…)` as an import of their own. In what they build, `resolve` is
// missing or looks beside the bundle. Bun's cannot be taken apart: there, tables are of the copy that `require` gives.
// oxlint-disable-next-line typescript/unbound-method -- it is a function of the module and has no `this`
const { resolve, url } = import.meta
if (resolve !== undefined && process.versions.bun === undefined)
  arrowIsImported(() => module.createRequire(url)(fileURLToPath(resolve('apache-arrow'))))
