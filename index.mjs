// `import` and `require` share one implementation, so `instanceof` holds across both.
import { arrowIsImported } from './dist/arrow/library.js'

export * from './dist/index.js'

arrowIsImported(() => import.meta.resolve('apache-arrow'))
