import type * as generated from '../../native/index.js'
import { loadBinding } from './load.js'

export type * from '../../native/index.js'

/** The binding itself. Nothing else loads it; its types are generated from crates/node. */
export const native = loadBinding(() => require('../../native/index.cjs') as typeof generated)
