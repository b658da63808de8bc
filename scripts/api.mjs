// `npm run api`: rolls the declarations in dist/ up into index.d.ts and devserver.d.ts, which are committed and shipped.
// A change of the public API is therefore always visible as a change of these two files.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildTypeScript } from './build.mjs'
import { installDependencies } from './install.mjs'
import { root } from './run.mjs'
import { main, Problem, step } from './terminal.mjs'

await main(async () => {
  await installDependencies()
  await buildTypeScript({ afresh: true })
  await rollUp('index', 'index')
  await rollUp('devserver', join('devserver', 'index'))
  await step('Writing index.v5.6.d.ts', async () => {
    const declarations = readFileSync(join(root, 'index.d.ts'), 'utf8')
    writeFileSync(join(root, 'index.v5.6.d.ts'), beforeVersion57(declarations))
  })
})

/** The declarations as compilers before TypeScript 5.7 understand them: typed arrays had no type parameter, `NoInfer` was 5.4. */
function beforeVersion57(declarations) {
  const plain = declarations.replaceAll(/\b((?:\w+Array|DataView)(?:_\d+)?)<ArrayBuffer(?:Like)?>/g, '$1')
  return `${plain}\n/** As TypeScript 5.4 has it. */\ndeclare type NoInfer<T> = [T][T extends any ? 0 : never];\n`
}

/** Writes `name`.d.ts from what `entry` exports. */
async function rollUp(name, entry) {
  await step(`Writing ${name}.d.ts`, async () => {
    const { Extractor } = await import('@microsoft/api-extractor')
    const output = join(root, 'dist', `${name}.rollup.d.ts`)
    const result = Extractor.invoke(configuration(await import('@microsoft/api-extractor'), entry, output), {
      localBuild: true,
      showVerboseMessages: false,
      // It always says that it brings a compiler of its own.
      messageCallback: (message) => {
        if (/^console-(preamble|compiler-version-notice)$/.test(message.messageId)) message.handled = true
      },
    })
    if (!result.succeeded)
      throw new Problem(`The public API in src/${entry}.ts cannot be rolled up.`, 'See the messages above.')
    writeFileSync(
      join(root, `${name}.d.ts`),
      `// Written by \`npm run api\`.\n\n${optional(readFileSync(output, 'utf8'))}`,
    )
    rmSync(output)
  })
}

/** Without an optional package its types are `any`, instead of an error in a declaration file that is not the user's own. */
function optional(declarations) {
  return declarations.replace(/^import .* from 'apache-arrow';$/m, '// @ts-ignore: an optional package.\n$&')
}

function configuration({ ExtractorConfig, ExtractorLogLevel }, entry, output) {
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: join(root, 'api-extractor.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, 'dist', `${entry}.d.ts`),
      compiler: { tsconfigFilePath: join(root, 'tsconfig.build.json') },
      apiReport: { enabled: false },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      dtsRollup: { enabled: true, untrimmedFilePath: output },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning },
          // Everything exported is public; no release tags beside that.
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
          // The types that infer a schema from its literal are the compiler's business, not names for users.
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
      },
    },
  })
}
