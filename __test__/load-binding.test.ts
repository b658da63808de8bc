import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { explain, loadBinding, PLATFORMS } from '../src/binding/load.js'

const notFound = [
  "Cannot find module 'aerostride-linux-x64-gnu'",
  "Cannot find module './aerostride.linux-x64-gnu.node'",
]

describe('the error of a missing native part', () => {
  test('knows exactly the platforms that are packaged', () => {
    expect(readdirSync(join(__dirname, '..', 'npm')).toSorted()).toEqual([...PLATFORMS])
  })

  test('names the package and the remedy where it is not installed', () => {
    const text = explain('linux-x64-gnu', notFound)
    expect(text).toMatch(/aerostride-linux-x64-gnu@\d+\.\d+\.\d+/)
    expect(text).toContain('delete both, then install again')
  })

  test('gives the reason where it is installed and does not start', () => {
    const reason = "/lib/libc.so.6: version `GLIBC_2.17' not found"
    const text = explain('linux-arm64-gnu', [reason, ...notFound])
    expect(text).toContain('aerostride-linux-arm64-gnu@')
    expect(text).toContain(reason)
    expect(text).not.toContain('delete both')
  })

  test('says where there is none', () => {
    expect(explain('freebsd-x64', notFound)).toMatch(/no binary for freebsd-x64\. .*linux-x64-musl/)
  })

  test('keeps the loader’s own error as its cause', () => {
    const original = new Error('Cannot find native binding.', {
      cause: new Error('Cannot find module x\nRequire stack'),
    })
    const load = () => {
      throw original
    }
    const caught = (() => {
      try {
        return loadBinding(load)
      } catch (error) {
        return error
      }
    })()
    expect(caught).toBeInstanceOf(Error)
    expect((caught as Error).cause).toBe(original)
    expect((caught as Error).message).toMatch(/^aerostride (could not find its native part|has no binary)/)
  })

  test('is not thrown where the native part is there', () => {
    expect(loadBinding(() => 42)).toBe(42)
  })
})
