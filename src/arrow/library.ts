import { fileURLToPath } from 'node:url'
import type * as Arrow from 'apache-arrow'
import { AerostrideError } from '../errors.js'
import { isError } from '../tags.js'

/** The module `apache-arrow`. */
export type ArrowLibrary = typeof Arrow

let resolveImport: (() => string) | undefined

/**
 * Says that this package was imported, and how to find what an `import` of `apache-arrow` gives.
 *
 * `import` and `require` give two copies of that library, and what one has made the other cannot always write. So a
 * program that imports this package gets tables of the copy that it imports, too.
 */
export function arrowIsImported(resolve: () => string): void {
  resolveImport = resolve
}

/** The library, loaded when it is first needed: it is optional, and takes a while. */
export function loadArrow(method: string): ArrowLibrary {
  try {
    return importedCopy() ?? (require('apache-arrow') as ArrowLibrary)
  } catch (error) {
    if (!isMissing(error)) throw error
    const message = `${method} needs the package apache-arrow, which is not installed; install it: npm install apache-arrow`
    throw new AerostrideError(message, { code: 'ERR_AEROSTRIDE_MISSING_PACKAGE', cause: error })
  }
}

/** What `import` would give; nothing where Node.js cannot load that at once, which it can from 20.19 and 22.12 on. */
function importedCopy(): ArrowLibrary | undefined {
  if (resolveImport === undefined) return undefined
  const file = fileURLToPath(resolveImport())
  try {
    return require(file) as ArrowLibrary
  } catch (error) {
    if (codeOf(error) === 'ERR_REQUIRE_ESM') return undefined
    throw error
  }
}

/** Whether it is the library itself that was not found, and not something that it needs. */
function isMissing(error: unknown): boolean {
  const notFound = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(codeOf(error) ?? '')
  return notFound && (error as Error).message.includes("'apache-arrow'")
}

function codeOf(error: unknown): string | undefined {
  return isError(error) ? (error as Error & { code?: string }).code : undefined
}
