import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './support/process.js'

const folder = join(root, 'crates/node/src')
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.rs'))
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(folder, path), 'utf8') }))

/** An attribute of Node-API, whatever comes between it and the function that it exports. */
const EXPORTED = /#\[napi\b((?:[^\]"]|"[^"]*")*)\](?:\s*#\[[^\]]*\]|\s*\/\/\/[^\n]*)*\s*pub (?:async )?fn (\w+)/g

test('a panic in a function that JavaScript calls ends nothing but the call', () => {
  const exported = sources.flatMap(({ path, text }) =>
    [...text.matchAll(EXPORTED)].map(([, how = '', name]) => ({ name: `${path}: ${name}`, how })),
  )
  expect(exported.length).toBeGreaterThan(60)
  expect(exported.filter(({ how }) => !how.includes('catch_unwind')).map(({ name }) => name)).toEqual([])
})

test('closures become functions in one place, which catches panics as well', () => {
  const made = sources.filter(({ text }) => text.includes('create_function_from_closure'))
  expect(made.map(({ path }) => path)).toEqual(['client/begins.rs'])
  expect(made[0]?.text.split('create_function_from_closure')).toHaveLength(2)
  expect(made[0]?.text).toContain('catch_unwind(AssertUnwindSafe(|| begin(call)))')
})
