import { compileText } from './ael.js'
import { bitChanges, hllChanges, listChanges, mapChanges } from './builder/changes.js'
import { bits, hlls, lists, maps } from './builder/collections.js'
import { arithmetic, comparisons, control, intBits, logic } from './builder/operators.js'
import { element, paths, removed } from './builder/paths.js'
import { bins, constants, recordFields } from './builder/values.js'
import type { Expression } from './expression.js'

/**
 * The builder of expressions: `exp.and(exp.gt(exp.int('age'), 30), exp.eq(exp.string('city'), 'Rome'))`.
 *
 * Every expression has a type, and operands that do not fit together do not compile. `String(expression)` returns AEL text,
 * which `exp.parse` reads back.
 */
export const exp = {
  ...bins,
  ...constants,
  ...recordFields,
  ...comparisons,
  ...logic,
  ...arithmetic,
  ...intBits,
  ...control,
  /** Reads of lists, and changes, which give the whole list. */
  lists: { ...lists, ...listChanges },
  /** Reads of maps, and changes, which give the whole map. */
  maps: { ...maps, ...mapChanges },
  /** Reads of the bits of a blob, and changes, which give the whole blob. */
  bits: { ...bits, ...bitChanges },
  /** Reads of HyperLogLogs, and changes, which give the whole sketch. */
  hlls: { ...hlls, ...hllChanges },
  /** Paths through nested lists and maps. */
  paths,
  /** What an element says of itself, in the filters and changes of a path. */
  element,
  /** As the outcome of a path's change: takes the element out. */
  removed,
  /**
   * Compiles AEL text to an expression. Throws an {@link AelError} if the text is not an expression or its types do not match.
   */
  parse: (text: string): Expression => compileText(text),
} as const
