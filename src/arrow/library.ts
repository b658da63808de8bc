import type * as Arrow from 'apache-arrow'
import { AerostrideError } from '../errors.js'
import { isError } from '../tags.js'

/** The module `apache-arrow`. */
export type ArrowLibrary = typeof Arrow

let loadImported: (() => unknown) | undefined

/**
 * Says that this package was imported, and how to load what an `import` of `apache-arrow` gives.
 *
 * `import` and `require` give two copies of that library, and what one has made the other cannot always write. So a
 * program that imports this package gets tables of the copy that it imports, too.
 */
export function arrowIsImported(load: () => unknown): void {
  loadImported = load
}

/** The library, loaded when it is first needed: it is optional, and takes a while. */
export function loadArrow(method: string): ArrowLibrary {
  try {
    return importedCopy() ?? (require('apache-arrow') as ArrowLibrary)
  } catch (error) {
    if (!isMissing(error, 'apache-arrow')) throw error
    throw missingPackage('apache-arrow', method, error)
  }
}

/** The error for an optional package that is not there. */
export function missingPackage(name: string, method: string, cause: unknown): AerostrideError {
  const message = `${method} needs the package ${name}, which is not installed; install it: npm install ${name}`
  return new AerostrideError(message, { code: 'ERR_AEROSTRIDE_MISSING_PACKAGE', cause })
}

/**
 * What `import` would give. Nothing where Node.js cannot load that at once, which it can from 20.19 and 22.12 on, and where
 * it is not beside a bundle: there `require` gives what was bundled.
 */
function importedCopy(): ArrowLibrary | undefined {
  if (loadImported === undefined) return undefined
  try {
    return loadImported() as ArrowLibrary
  } catch (error) {
    if (codeOf(error) === 'ERR_REQUIRE_ESM' || isMissing(error, 'apache-arrow')) return undefined
    throw error
  }
}

/** Whether it is the library itself that was not found, and not something that it needs. */
export function isMissing(error: unknown, library: string): boolean {
  const notFound = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(codeOf(error) ?? '')
  return notFound && (error as Error).message.includes(`'${library}'`)
}

function codeOf(error: unknown): string | undefined {
  return isError(error) ? (error as Error & { code?: string }).code : undefined
}
