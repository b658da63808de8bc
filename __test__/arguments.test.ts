import { describe, expect, test } from 'vitest'
import { parseHosts } from '../src/client/hosts.js'
import { nearest } from '../src/arguments/nearest.js'
import { readPolicy, writePolicy } from '../src/policies/policy.js'

describe('hosts', () => {
  test.each([
    ['127.0.0.1:3100', [{ host: '127.0.0.1', port: 3100 }]],
    ['db.example', [{ host: 'db.example', port: 3000 }]],
    [
      'a:3100, b',
      [
        { host: 'a', port: 3100 },
        { host: 'b', port: 3000 },
      ],
    ],
    ['[::1]', [{ host: '::1', port: 3000 }]],
    [
      '[fe80::1]:3100,a',
      [
        { host: 'fe80::1', port: 3100 },
        { host: 'a', port: 3000 },
      ],
    ],
    [{ host: '::1', port: 3100 }, [{ host: '::1', port: 3100 }]],
    [{ host: 'a', tlsName: 'cluster' }, [{ host: 'a', port: 3000, tlsName: 'cluster' }]],
    [
      ['a:1', { host: 'b' }],
      [
        { host: 'a', port: 1 },
        { host: 'b', port: 3000 },
      ],
    ],
  ])('%j', (hosts, expected) => {
    expect(parseHosts(hosts, 'hosts')).toEqual(expected)
  })

  test.each([
    ['', RangeError, "hosts has an empty host: write 'host:port' or 'host:port,host:port'"],
    ['a,,b', RangeError, "hosts has an empty host: write 'host:port' or 'host:port,host:port'"],
    [[], RangeError, 'hosts must name at least one host'],
    ['a:0', RangeError, 'hosts: the port in "a:0" must be an integer from 1 to 65535'],
    ['a:65536', RangeError, 'hosts: the port in "a:65536" must be an integer from 1 to 65535'],
    ['a:', RangeError, 'hosts: the port in "a:" must be an integer from 1 to 65535'],
    ['a:3e3', RangeError, 'hosts: the port in "a:3e3" must be an integer from 1 to 65535'],
    [':3000', RangeError, 'hosts: ":3000" has no host before the colon'],
    ['::1', RangeError, `hosts: "::1" has more than one colon; write an IPv6 address in brackets, as '[::1]:3000'`],
    ['[::1', RangeError, `hosts: "[::1" is not '[address]' or '[address]:port'`],
    ['[::1]3000', RangeError, `hosts: "[::1]3000" is not '[address]' or '[address]:port'`],
    [['a', 5], TypeError, "hosts[1] must be 'host:port' or { host, port }, not the number 5"],
    [[{ port: 3000 }], TypeError, 'hosts[0].host is missing'],
    [{ host: 'a', port: '3000' }, TypeError, 'hosts.port must be an integer from 1 to 65535, not the string "3000"'],
    [
      { host: 'a', prot: 1 },
      TypeError,
      'hosts has no option "prot"; did you mean port? It takes host, port or tlsName',
    ],
  ])('%j is refused', (hosts, errorClass, message) => {
    expect(() => parseHosts(hosts, 'hosts')).toThrow(errorClass)
    expect(() => parseHosts(hosts, 'hosts')).toThrow(expect.objectContaining({ message }))
  })
})

test.each([
  ['dtyp', 'dtype'],
  ['polcy', 'policy'],
  ['plicoy', 'policy'],
  ['onloss', 'onLoss'],
  ['LAYOUT', 'layout'],
  ['sginal', 'signal'],
  ['loss', 'onLoss'],
  ['x', undefined],
  ['retries', undefined],
  ['', undefined],
])('%j is a mistake for %s', (word, meant) => {
  expect(nearest(word, ['dtype', 'policy', 'bins', 'layout', 'onLoss', 'into', 'signal'])).toBe(meant)
})

describe('policies', () => {
  test('what is given is kept, what is undefined is left out', () => {
    const given = { totalTimeout: 2000, replica: 'master', allowInline: false, maxRetries: undefined }
    expect(readPolicy(given, 'policy')).toStrictEqual({ totalTimeout: 2000, replica: 'master', allowInline: false })
    expect(writePolicy({ ttl: -1, exists: 'create' }, 'policy')).toStrictEqual({ ttl: -1, exists: 'create' })
    expect(readPolicy(undefined, 'policy')).toStrictEqual({})
  })

  test('a filter expression is bytes, from base64 too', () => {
    expect(readPolicy({ filterExpression: 'kwGVAQI=' }, 'policy').filterExpression).toEqual(
      Buffer.from([0x93, 1, 0x95, 1, 2]),
    )
    const bytes = Uint8Array.of(1, 2)
    expect(readPolicy({ filterExpression: bytes }, 'policy').filterExpression).toBe(bytes)
  })

  const u31 = 'an integer from 0 to 2147483647'
  test.each([
    ['fast', TypeError, 'policy must be an object, not the string "fast"'],
    [
      { totalTimeOut: 5 },
      TypeError,
      expect.stringMatching(
        /^policy has no option "totalTimeOut"; did you mean totalTimeout\? It takes totalTimeout, .*filterExpression.* or \w+$/,
      ),
    ],
    [{ totalTimeout: '5' }, TypeError, `policy.totalTimeout must be ${u31} (milliseconds), not the string "5"`],
    [{ totalTimeout: -1 }, RangeError, `policy.totalTimeout must be ${u31} (milliseconds), not the number -1`],
    [{ socketTimeout: 0.5 }, RangeError, `policy.socketTimeout must be ${u31} (milliseconds), not the number 0.5`],
    [{ maxRetries: Number.NaN }, RangeError, `policy.maxRetries must be ${u31}, not the number NaN`],
    [
      { maxKeysPerRequest: 5001 },
      RangeError,
      'policy.maxKeysPerRequest must be an integer from 1 to 5000, not the number 5001',
    ],
    [
      { replica: 'any' },
      RangeError,
      `policy.replica must be 'sequence', 'master', 'random' or 'preferRack', not the string "any"`,
    ],
    [
      { replica: 1 },
      TypeError,
      `policy.replica must be 'sequence', 'master', 'random' or 'preferRack', not the number 1`,
    ],
    [{ allowInline: 1 }, TypeError, 'policy.allowInline must be true or false, not the number 1'],
    [{ filterExpression: 5 }, TypeError, 'policy.filterExpression must be a Uint8Array or base64, not the number 5'],
    [{ filterExpression: 'a-b_' }, RangeError, 'policy.filterExpression is not base64: the string "a-b_"'],
  ])('%j is refused', (policy, errorClass, message) => {
    expect(() => readPolicy(policy, 'policy')).toThrow(errorClass)
    expect(() => readPolicy(policy, 'policy')).toThrow(expect.objectContaining({ message }))
  })
})
