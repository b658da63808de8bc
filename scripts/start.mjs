// `npm start`: builds what is needed, then shows the package at work.
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { root, show } from './run.mjs'
import { bold, main } from './terminal.mjs'

await main(async () => {
  console.log(bold('aerostride') + ': Aerospike batch reads straight into typed arrays\n')
  await prepare()
  console.log()
  process.exitCode = await show(process.execPath, [join(root, 'examples', 'demo', 'index.mjs')])
})
