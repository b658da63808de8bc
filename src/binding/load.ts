import { isError } from '../tags.js'

/** The platforms that have a package of their own, as napi-rs names them: the folders of npm/. */
export const PLATFORMS: readonly string[] = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-arm64-msvc',
  'win32-x64-msvc',
]

/**
 * Loads the native part. Where that fails, the loader's own error names neither the platform nor the package, and its
 * advice fits one cause of several; ours says what was looked for and what helps.
 */
export function loadBinding<T>(load: () => T): T {
  try {
    return load()
  } catch (error) {
    throw new Error(explain(platformName(), causesOf(error)), { cause: error })
  }
}

/** What is wrong and what to do: for a platform, and for what became of every file that could have been it. */
export function explain(platform: string, causes: readonly string[]): string {
  if (!PLATFORMS.includes(platform)) {
    return `aerostride has no binary for ${platform}. There is one for each of ${PLATFORMS.join(', ')}.`
  }
  const { version } = require('../../package.json') as { version: string }
  const name = `aerostride-${platform}@${version}`
  const broken = causes.filter((cause) => !cause.startsWith('Cannot find module'))
  if (broken.length > 0) return `aerostride could not load its native part, the package ${name}: ${broken.join('; ')}`
  return (
    `aerostride could not find its native part, the package ${name}. ` +
    'Install again, and do not leave out optional dependencies. If node_modules or package-lock.json come from another ' +
    'platform, npm leaves it out (https://github.com/npm/cli/issues/4828): delete both, then install again.'
  )
}

/** The first line of every error below the loader's own. */
function causesOf(error: unknown): string[] {
  const causes: string[] = []
  let at = isError(error) ? error.cause : undefined
  for (; isError(at); at = at.cause) causes.push(at.message.split('\n', 1).join(''))
  return causes
}

function platformName(): string {
  const { platform, arch } = process
  if (platform === 'win32') return `win32-${arch}-msvc`
  if (platform === 'linux') return `linux-${arch}-${isMusl() ? 'musl' : 'gnu'}`
  return `${platform}-${arch}`
}

/** The report of a process that runs on glibc says which one. */
function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime === undefined
}
