import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { AerostrideError, ClosedError, ConnectionError, ServerError, TimeoutError, fromNative } from '../src/errors.js'

function thrown(...failures: object[]): Error {
  return Object.assign(new Error('what nobody sees'), { failures })
}

describe('fromNative', () => {
  test.each([
    ['AerostrideError', AerostrideError],
    ['ConnectionError', ConnectionError],
    ['TimeoutError', TimeoutError],
    ['ServerError', ServerError],
    ['ClosedError', ClosedError],
  ])('%s', (kind, errorClass) => {
    const error = fromNative(thrown({ kind, code: 'ERR_AEROSTRIDE_X', message: 'it failed' }))
    expect(error).toBeInstanceOf(errorClass)
    expect(error).toBeInstanceOf(AerostrideError)
    expect(error).toMatchObject({ name: kind, code: 'ERR_AEROSTRIDE_X', message: 'it failed' })
  })

  test.each([
    ['TypeError', TypeError],
    ['RangeError', RangeError],
  ])('%s is the real one', (kind, errorClass) => {
    const error = fromNative(thrown({ kind, code: 'ERR_AEROSTRIDE_DTYPE', message: 'bad' }))
    expect(error).toBeInstanceOf(errorClass)
    expect(error).toMatchObject({ code: 'ERR_AEROSTRIDE_DTYPE', message: 'bad' })
  })

  test('details and causes come across, and what is not known is no property', () => {
    const late = { kind: 'TimeoutError', message: 'late', resultCode: 9, node: 'A1 127.0.0.1:3000', attempts: 3 }
    const full = fromNative(thrown(late, { kind: 'ConnectionError', message: 'refused', resultCode: null }))
    expect(full).toMatchObject({ resultCode: 9, node: 'A1 127.0.0.1:3000', attempts: 3 })
    expect((full as Error).cause).toBeInstanceOf(ConnectionError)
    const bare = fromNative(thrown({ kind: 'ServerError', message: 'no', resultCode: null, code: 'X' }))
    expect(Object.keys(bare as Error)).toEqual(['code'])
    expect(inspect(bare)).not.toContain('undefined')
  })

  test('an abort is the signal’s reason, or an AbortError without one', () => {
    const controller = new AbortController()
    const abort = thrown({ kind: 'AbortError', message: 'aborted' })
    controller.abort('enough')
    expect(fromNative(abort, controller.signal)).toBe('enough')
    expect(fromNative(abort)).toMatchObject({ name: 'AbortError', message: 'aborted' })
  })

  test.each(['InvalidArg', 'GenericFailure', 'StringExpected'])(
    'what Node-API refuses is a fault of ours: %s',
    (code) => {
      const refused = Object.assign(new Error('Failed to unwrap'), { code })
      const error = fromNative(refused)
      expect(error).toBeInstanceOf(AerostrideError)
      expect(error).toMatchObject({ code: 'ERR_AEROSTRIDE_INTERNAL', cause: refused })
      expect((error as Error).message).toContain('please report it: Failed to unwrap')
    },
  )

  test.each([
    new Error('plain'),
    Object.assign(new Error('a getter of the user'), { code: 'ENOENT' }),
    { failures: [] },
    { failures: 'no' },
    null,
    'text',
    undefined,
  ])('what says nothing of failures stays as it is: %s', (other) => {
    expect(fromNative(other)).toBe(other)
  })
})
