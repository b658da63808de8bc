import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type AerostrideError,
  type BackgroundJob,
  type Batch,
  Client,
  type Key,
  connect,
  double,
  dtype,
  exp,
  op,
} from '../src/index.js'
import { type Door, type Method, administration, doors, methodNames } from './support/doors.js'
import { freshSet, testCluster } from './support/server.js'

/** One table of calls, each through the asynchronous and the blocking door: what they give and throw is the same. */

const cluster = testCluster()
const sensor = dtype({ temperature: 'f8', humidity: 'i4' })

/** A record of its own for every call and door, so that both find the same. */
interface Place {
  readonly client: Client
  readonly set: string
  readonly key: Key
  readonly missing: Key
}

interface Case {
  readonly call: (door: Door, place: Place) => Promise<unknown>
  /** What it gives; several properties of it are enough. */
  readonly gives?: unknown
  /** What it throws, as `Name CODE: message`. */
  readonly throws?: RegExp
  /** Some bins of the record afterwards, or `null` where it is gone. Without this the record is as it was. */
  readonly leaves?: Record<string, unknown> | null
}

const BINS = { n: 41, f: 0.5, text: 'hello', list: [0] }
const typeError = (message: string): RegExp => new RegExp(`^TypeError ERR_AEROSTRIDE_INVALID_ARGUMENT: ${message}`)
const rangeError = (message: string): RegExp => new RegExp(`^RangeError ERR_AEROSTRIDE_OUT_OF_RANGE: ${message}`)
const serverError = (message: string): RegExp => new RegExp(`^ServerError ERR_AEROSTRIDE_SERVER: ${message}`)

/** A server without users refuses what is about users; the embedded one and a real one with different codes. */
const NO_SECURITY = /^ServerError ERR_AEROSTRIDE_SERVER: .*security/i

const cases: Record<string, Case> = {
  put: {
    call: (door, { client, key }) => door(client, 'put', key, { a: 1, n: 2 }),
    leaves: { a: 1, n: 2, text: 'hello' },
  },
  'put of null, which removes the bin': {
    call: (door, { client, key }) => door(client, 'put', key, { n: null }),
    leaves: { text: 'hello' },
  },
  'put to create what exists': {
    call: (door, { client, key }) => door(client, 'put', key, { a: 1 }, { policy: { exists: 'create' } }),
    throws: serverError('Key already exists'),
  },
  'put of another generation': {
    call: (door, { client, key }) =>
      door(client, 'put', key, { a: 1 }, { policy: { generation: 7, generationPolicy: 'eq' } }),
    throws: serverError('Generation error'),
  },
  'put to a wrong key': {
    call: (door, { client }) => door(client, 'put', ['test', 'demo'], { a: 1 }),
    throws: typeError('key must be \\[namespace, set, primaryKey\\], not an array of 2'),
  },
  'put without bins': {
    call: (door, { client, key }) => door(client, 'put', key, {}),
    throws: typeError('bins must have at least one bin; touch\\(\\) writes none'),
  },
  'put of a Date': {
    call: (door, { client, key }) => door(client, 'put', key, { at: new Date(0) }),
    throws: typeError('bins\\.at is a Date, which cannot be stored; use its getTime\\(\\)'),
  },
  'put of a nested Set': {
    call: (door, { client, key }) => door(client, 'put', key, { list: [1, { s: new Set([1]) }] }),
    throws: typeError('bins\\.list\\[1\\]\\.s is a Set, which cannot be stored; use an array'),
  },
  'put of a typed array': {
    call: (door, { client, key }) => door(client, 'put', key, { v: new Float32Array(2) }),
    throws: typeError('bins\\.v is a Float32Array, which cannot be stored; use an array for a list, or a Uint8Array'),
  },
  'put of undefined': {
    call: (door, { client, key }) => door(client, 'put', key, { u: undefined }),
    throws: typeError('bins\\.u is of type undefined, which cannot be stored'),
  },
  'put of too long a name': {
    call: (door, { client, key }) => door(client, 'put', key, { temperature_indoors: 1 }),
    throws: rangeError('bins: the bin "temperature_indoors" has 19 bytes, at most 15 fit'),
  },
  'put of too big an integer': {
    call: (door, { client, key }) => door(client, 'put', key, { n: 2n ** 63n }),
    throws: rangeError('bins\\.n is a bigint outside int64'),
  },
  'put with a wrong policy': {
    call: (door, { client, key }) => door(client, 'put', key, { a: 1 }, { policy: { ttl: -3 } }),
    throws: rangeError('options\\.policy\\.ttl must be an integer from -2'),
  },
  putMany: {
    call: (door, { client, key, missing, set }) =>
      door(client, 'putMany', [
        [key, { n: 42, map: new Map([[1, [2n]]]) }],
        [missing, { a: 1 }],
        [['nowhere', set, 1], { a: 1 }],
      ]),
    gives: {
      length: 3,
      ok: 2,
      resultCodes: Int32Array.of(0, 0, 20),
      gen: Uint32Array.of(2, 1, 0),
      failures: [{ code: 20 }],
    },
    leaves: { n: 42, text: 'hello', map: new Map([[1, [2]]]) },
  },
  'putMany to create what exists': {
    call: (door, { client, key }) => door(client, 'putMany', [[key, { n: 1 }]], { policy: { exists: 'create' } }),
    gives: { ok: 0, resultCodes: Int32Array.of(5), failures: [] },
  },
  'putMany of a wrong value': {
    call: (door, { client, key }) => door(client, 'putMany', [[key, { n: [new Date(0)] }]]),
    throws: typeError('records\\[0\\]\\[1\\]\\.n\\[0\\] is a Date, which cannot be stored'),
  },
  'putMany of no array': {
    call: (door, { client, key }) => door(client, 'putMany', { key }),
    throws: typeError('records must be an array of \\[key, bins\\], not an object'),
  },
  batchWrite: {
    call: (door, { client, key, missing }) =>
      door(client, 'batchWrite', [key, missing], {
        dtype: sensor,
        columns: { temperature: [20.5, 21], humidity: [40, 41] },
        valid: { humidity: [true, false] },
      }),
    gives: { length: 2, ok: 2, resultCodes: Int32Array.of(0, 0), gen: Uint32Array.of(2, 1), failures: [] },
    leaves: { ...BINS, temperature: 20.5, humidity: 40 },
  },
  'batchWrite to create what exists': {
    call: (door, { client, key }) =>
      door(client, 'batchWrite', [key], {
        dtype: sensor,
        columns: { temperature: [1], humidity: [1] },
        policy: { exists: 'create' },
      }),
    gives: { ok: 0, resultCodes: Int32Array.of(5) },
  },
  'batchWrite of too few values': {
    call: (door, { client, key }) =>
      door(client, 'batchWrite', [key, key], { dtype: sensor, columns: { temperature: [1], humidity: [1, 2] } }),
    throws: rangeError('options\\.columns\\.temperature has 1 '),
  },
  'batchWrite without a column': {
    call: (door, { client, key }) => door(client, 'batchWrite', [key], { dtype: sensor, columns: { humidity: [1] } }),
    throws: typeError('options\\.columns\\.temperature is missing: every field has a column'),
  },
  get: { call: (door, { client, key }) => door(client, 'get', key), gives: { bins: BINS, gen: 1, resultCode: 0 } },
  'get of some bins': {
    call: (door, { client, key }) => door(client, 'get', key, { bins: ['n'] }),
    gives: { bins: { n: 41 } },
  },
  'get of nothing': { call: (door, { client, missing }) => door(client, 'get', missing), gives: null },
  select: {
    call: (door, { client, key }) => door(client, 'select', key, ['n', 'text']),
    gives: { bins: { n: 41, text: 'hello' } },
  },
  'select of no bins': {
    call: (door, { client, key }) => door(client, 'select', key, []),
    gives: { bins: {}, gen: 1 },
  },
  'select without an array': {
    call: (door, { client, key }) => door(client, 'select', key, 'n'),
    throws: typeError('bins must be an array, not the string "n"'),
  },
  exists: { call: (door, { client, key }) => door(client, 'exists', key), gives: true },
  'exists not': { call: (door, { client, missing }) => door(client, 'exists', missing), gives: false },
  'exists with an unknown option': {
    call: (door, { client, key }) => door(client, 'exists', key, { bins: ['n'] }),
    throws: typeError('options has no option "bins"; it takes policy, filter, transaction or signal'),
  },
  touch: { call: (door, { client, key }) => door(client, 'touch', key, { policy: { ttl: 1000 } }), leaves: BINS },
  'touch of nothing': {
    call: (door, { client, missing }) => door(client, 'touch', missing),
    throws: serverError('Key not found'),
  },
  remove: { call: (door, { client, key }) => door(client, 'remove', key), gives: true, leaves: null },
  'remove of nothing': { call: (door, { client, missing }) => door(client, 'remove', missing), gives: false },
  add: {
    call: (door, { client, key }) => door(client, 'add', key, { n: 5, f: double(1), fresh: 2n }),
    leaves: { n: 46, f: 1.5, fresh: 2 },
  },
  'add to a text': {
    call: (door, { client, key }) => door(client, 'add', key, { text: 1 }),
    throws: serverError('Bin type error'),
  },
  'add of a text': {
    call: (door, { client, key }) => door(client, 'add', key, { n: '1' }),
    throws: typeError('bins\\.n must be a number, a bigint or double\\(x\\), not the string "1"'),
  },
  'add of nothing': {
    call: (door, { client, key }) => door(client, 'add', key, {}),
    throws: typeError('bins must have at least one bin'),
  },
  append: {
    call: (door, { client, key }) => door(client, 'append', key, { text: '!', bytes: Uint8Array.of(9) }),
    leaves: { text: 'hello!', bytes: '010209' },
  },
  'append to a number': {
    call: (door, { client, key }) => door(client, 'append', key, { n: 'x' }),
    throws: serverError('Bin type error'),
  },
  'append of a number': {
    call: (door, { client, key }) => door(client, 'append', key, { text: 1 }),
    throws: typeError('bins\\.text must be a string or a Uint8Array, not the number 1'),
  },
  'append of nothing': {
    call: (door, { client, key }) => door(client, 'append', key, {}),
    throws: typeError('bins must have at least one bin'),
  },
  'prepend to a number': {
    call: (door, { client, key }) => door(client, 'prepend', key, { n: 'x' }),
    throws: serverError('Bin type error'),
  },
  prepend: {
    call: (door, { client, key }) => door(client, 'prepend', key, { text: '!', bytes: Uint8Array.of(9) }),
    leaves: { text: '!hello', bytes: '090102' },
  },
  operate: {
    call: (door, { client, key }) =>
      door(client, 'operate', key, [
        op.add('n', 1),
        op.read('n'),
        op.write('list', [1, [2]]),
        op.read('list'),
        op.read('none'),
        op.touch(),
      ]),
    gives: { bins: { n: 42, list: [1, [2]] }, gen: 2 },
    leaves: { n: 42, list: [1, [2]] },
  },
  'operate on one bin again and again': {
    call: (door, { client, key }) =>
      door(client, 'operate', key, [
        op.read('n'),
        op.add('n', 1),
        op.read('n'),
        op.add('n', 1),
        op.append('text', '!'),
      ]),
    gives: { bins: { n: 42 } },
    leaves: { n: 43, text: 'hello!' },
  },
  'operate and read all': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.append('text', '!'), op.readAll()]),
    gives: { bins: { ...BINS, text: 'hello!' } },
    leaves: { text: 'hello!' },
  },
  'operate and read generation and ttl': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.header()]),
    gives: { bins: {}, gen: 1 },
  },
  'operate and delete': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.read('n'), op.delete()]),
    gives: { bins: { n: 41 } },
    leaves: null,
  },
  'operate that computes, before and after it writes': {
    call: (door, { client, key }) =>
      door(client, 'operate', key, [
        op.compute('before', '$.n * 2'),
        op.add('n', 1),
        op.compute('after', exp.mul(exp.int('n'), 2)),
        op.compute('list', '$.list.[0] + 5'),
      ]),
    gives: { bins: { before: 82, after: 84, list: 5 }, gen: 2 },
    leaves: { n: 42 },
  },
  'operate that writes what it computes': {
    call: (door, { client, key }) =>
      door(client, 'operate', key, [
        op.writeComputed('twice', exp.parse('$.n * 2').toBytes()),
        op.compute('n', '$.twice + 1'),
        op.read('n'),
        op.writeComputed('n', '$.twice - 1'),
      ]),
    gives: { bins: { n: 41 }, gen: 2 },
    leaves: { ...BINS, n: 81, twice: 82 },
  },
  'operate that computes what is unknown': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.compute('x', '$.text * 2')]),
    throws: serverError('Operation not applicable'),
  },
  'operate that skips what is unknown': {
    call: (door, { client, key }) =>
      door(client, 'operate', key, [
        op.compute('x', '$.nothing * 2', { skipUnknown: true }),
        op.writeComputed('y', '$.text * 2', { skipUnknown: true }),
        op.compute('n', '$.n'),
      ]),
    gives: { bins: { n: 41 } },
  },
  'operate that computes from wrong text': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.add('n', 1), op.compute('x', '$.n = 1')]),
    throws: /^AelError ERR_AEROSTRIDE_AEL: operations\[1\]\.expression, line 1, column 5: /,
  },
  'operate that computes nothing': {
    call: (door, { client, key }) => door(client, 'operate', key, [{ op: 'compute', bin: 'x', value: 1 }]),
    throws: typeError('operations\\[0\\]\\.expression must be AEL text, an expression or its bytes, not undefined'),
  },
  'operate that computes with a wrong option': {
    call: (door, { client, key }) =>
      door(client, 'operate', key, [op.compute('x', '$.n', { exists: 'create' } as never)]),
    throws: typeError('operations\\[0\\]\\.options has no option "exists"; it takes skipUnknown'),
  },
  'operate that computes beside all bins': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.readAll(), op.compute('x', '$.n')]),
    throws: typeError(
      'operations\\[1\\] computes beside operations\\[0\\], op\\.readAll\\(\\): name the bins with op\\.read',
    ),
  },
  'operate that writes an expression': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.write('x', exp.int('n'))]),
    throws: typeError('operations\\[0\\]\\.value is .* op\\.writeComputed\\(\\) writes what it results in'),
  },
  'operate on nothing': {
    call: (door, { client, missing }) => door(client, 'operate', missing, [op.read('n')]),
    throws: serverError('Key not found'),
  },
  'operate without operations': {
    call: (door, { client, key }) => door(client, 'operate', key, []),
    throws: typeError('operations must have at least one operation'),
  },
  'operate with what is none': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.read('n'), { op: 'sum' }]),
    throws: typeError("operations\\[1\\] must be an operation such as op\\.read\\('bin'\\), not an object"),
  },
  'operate without a bin': {
    call: (door, { client, key }) => door(client, 'operate', key, [{ op: 'add', value: 1 }]),
    throws: typeError('operations\\[0\\]\\.bin must be the name of a bin, not undefined'),
  },
  'operate that reads twice': {
    call: (door, { client, key }) => door(client, 'operate', key, [op.readAll(), op.read('n')]),
    throws: typeError(
      'operations\\[1\\] reads a bin that operations\\[0\\], op\\.readAll\\(\\), reads already: leave it out',
    ),
  },
  'batchRead into columns': {
    call: async (door, { client, key, missing }) => {
      const options = { dtype: dtype({ n: 'i4', f: 'f8' }) }
      const batch = (await door(client, 'batchRead', [key, missing], options)) as Batch
      return { rows: batch.toObjects(), codes: [...batch.resultCodes] }
    },
    gives: {
      rows: [
        { n: 41, f: 0.5 },
        { n: 0, f: 0 },
      ],
      codes: [0, 2],
    },
  },
  'batchRead of records': {
    call: (door, { client, key, missing }) => door(client, 'batchRead', [key, missing]),
    gives: [{ bins: BINS }, { bins: null, resultCode: 2 }],
  },
  'batchRead of a wrong bin': {
    call: (door, { client, key }) => door(client, 'batchRead', [key], { dtype: sensor, bins: ['x'] }),
    throws: typeError('options\\.bins\\[0\\]: the dtype has no field "x"; it has temperature or humidity'),
  },
  'batchRead of a wrong key': {
    call: (door, { client }) => door(client, 'batchRead', [['test', 's', 0.5]], { dtype: sensor }),
    throws: rangeError('keys\\[0\\]\\[2\\]: the number 0\\.5 is not an integer'),
  },
  'batchRead that throws at a loss': {
    call: (door, { client, key }) =>
      door(client, 'batchRead', [key], { dtype: dtype({ text: 'i4' }), onLoss: 'throw' }),
    throws: /^ConversionError ERR_AEROSTRIDE_CONVERSION: row 0, key \[test, SET, here\], bin "text": /,
  },
  'batchRead that was aborted': {
    call: (door, { client, key }) =>
      door(client, 'batchRead', [key], { dtype: sensor, signal: AbortSignal.abort(new Error('not now')) }),
    throws: /^Error undefined: not now$/,
  },
  'batchRead of an unknown namespace': {
    call: (door, { client }) => door(client, 'batchRead', [['nowhere', 's', 1]], { dtype: sensor }),
    gives: { length: 1, failures: [{ code: 20 }] },
  },
  info: {
    call: (door, { client }) => door(client, 'info', 'namespaces').then((replies) => Object.values(replies as object)),
    gives: expect.arrayContaining([{ namespaces: expect.stringContaining('test') }]),
  },
  'info of an unknown node': {
    call: (door, { client }) => door(client, 'info', ['build', 'node'], { node: 'NOBODY' }),
    throws: typeError('node "NOBODY" is unknown; the cluster has: '),
  },
  'info of nothing': {
    call: (door, { client }) => door(client, 'info', ''),
    throws: rangeError('names must not be empty'),
  },
  truncate: { call: (door, { client, set }) => door(client, 'truncate', 'test', set), leaves: null },
  'truncate before a time': {
    call: (door, { client, set }) => door(client, 'truncate', 'test', set, { before: new Date(Date.UTC(2011)) }),
  },
  'truncate before no time': {
    call: (door, { client, set }) => door(client, 'truncate', 'test', set, { before: new Date(Number.NaN) }),
    throws: rangeError('options\\.before is an invalid Date'),
  },
  'truncate of an unknown namespace, which servers accept': {
    call: (door, { client }) => door(client, 'truncate', 'nowhere', 's'),
    gives: undefined,
  },
  inferDtype: {
    call: (door, { client, set }) => door(client, 'inferDtype', 'test', set),
    gives: {
      records: 1,
      isWhole: true,
      bins: { n: { type: 'i8' }, f: { type: 'f8' }, text: { type: 'utf8' }, list: { type: ['i8', null] } },
    },
  },
  'inferDtype of nothing': {
    call: (door, { client }) => door(client, 'inferDtype', 'test', 'no_such_set'),
    throws: rangeError('set: no records were found in "no_such_set"; a dtype is made of at least one'),
  },
  'inferDtype of too large a sample': {
    call: (door, { client, set }) => door(client, 'inferDtype', 'test', set, { sample: 1.5 }),
    throws: rangeError('options\\.sample must be an integer from 1'),
  },
  createIndex: {
    call: (door, { client, set }) =>
      door(client, 'createIndex', 'test', set, { name: `i_${set}`, bin: 'n', type: 'numeric' }),
  },
  'dropIndex of an index that does not exist': {
    call: (door, { client }) => door(client, 'dropIndex', 'test', 'no_such_index'),
    gives: false,
  },
  indexes: { call: (door, { client }) => door(client, 'indexes', 'test'), gives: expect.any(Array) },
  batchExists: {
    call: (door, { client, key, missing }) => door(client, 'batchExists', [key, missing]),
    gives: {
      length: 2,
      found: 1,
      exists: Uint8Array.of(1, 0),
      resultCodes: Int32Array.of(0, 2),
      gen: Uint32Array.of(1, 0),
      failures: [],
    },
  },
  'batchExists that a filter rejects': {
    call: (door, { client, key }) => door(client, 'batchExists', [key], { filter: '$.n > 41' }),
    gives: { found: 0, resultCodes: Int32Array.of(27) },
  },
  'batchExists of bins': {
    call: (door, { client, key }) => door(client, 'batchExists', [key], { bins: ['n'] }),
    throws: typeError('options has no option "bins"; it takes policy, filter or signal'),
  },
  batchRemove: {
    call: (door, { client, key, missing, set }) => door(client, 'batchRemove', [key, missing, ['nowhere', set, 1]]),
    gives: { length: 3, ok: 1, resultCodes: Int32Array.of(0, 2, 20), failures: [{ code: 20 }] },
    leaves: null,
  },
  'batchRemove of a generation': {
    call: (door, { client, key }) => door(client, 'batchRemove', [key], { generations: Uint32Array.of(2) }),
    gives: { ok: 0, resultCodes: Int32Array.of(3), inDoubt: Uint8Array.of(0) },
  },
  'batchRemove of too few generations': {
    call: (door, { client, key, missing }) => door(client, 'batchRemove', [key, missing], { generations: [1] }),
    throws: rangeError('options\\.generations has 1 numbers, and there are 2 keys'),
  },
  'batchRemove of a wrong generation': {
    call: (door, { client, key }) => door(client, 'batchRemove', [key], { generations: [-1] }),
    throws: rangeError('options\\.generations\\[0\\] must be an integer from 0 to 4294967295, not the number -1'),
  },
  batchOperate: {
    call: (door, { client, key, missing }) =>
      door(client, 'batchOperate', [key, missing], [op.add('n', 1), op.read('n')]),
    gives: {
      length: 2,
      ok: 2,
      resultCodes: Int32Array.of(0, 0),
      records: [
        { bins: { n: 42 }, gen: 2 },
        { bins: { n: 1 }, gen: 1 },
      ],
      failures: [],
    },
    leaves: { n: 42 },
  },
  'batchOperate with operations per key': {
    call: (door, { client, key, missing }) =>
      door(
        client,
        'batchOperate',
        [key, missing, key],
        [[op.read('text')], [op.write('a', [1]), op.read('a')], [op.delete()]],
        { ttls: [0, 1000, 0], generations: [0, 0, 1] },
      ),
    gives: { resultCodes: Int32Array.of(0, 0, 0), records: [{ bins: { text: 'hello' } }, { bins: { a: [1] } }, {}] },
    leaves: null,
  },
  'batchOperate that only reads': {
    call: (door, { client, key, missing }) => door(client, 'batchOperate', [key, missing], [op.read('n')]),
    gives: { ok: 1, resultCodes: Int32Array.of(0, 2), records: [{ bins: { n: 41 } }, { bins: null }] },
  },
  'batchOperate with too few lists': {
    call: (door, { client, key, missing }) => door(client, 'batchOperate', [key, missing], [[op.read('n')]]),
    throws: rangeError('operations has 1 lists, and there are 2 keys'),
  },
  'batchOperate with a wrong operation': {
    call: (door, { client, key }) => door(client, 'batchOperate', [key], [[op.read('n'), { op: 'add', bin: 'n' }]]),
    throws: typeError('operations\\[0\\]\\[1\\]\\.value must be a number, a bigint or double\\(x\\), not undefined'),
  },
  'batchOperate of no keys': {
    call: (door, { client }) => door(client, 'batchOperate', [], []),
    gives: { length: 0, ok: 0, records: [] },
  },
  'batchApply without a function': {
    call: (door, { client, key }) => door(client, 'batchApply', [key], { module: 'counters' }),
    throws: typeError('udf\\.function is missing'),
  },
  'batchApply of a missing module': {
    call: (door, { client, key }) => door(client, 'batchApply', [key], { module: 'no_such_module', function: 'f' }),
    // The embedded server has no Lua.
    gives: {
      length: 1,
      ok: 0,
      values: [null],
      failures: [{ code: 100, message: expect.stringContaining('Execution Error'), rows: Uint32Array.of(0) }],
    },
  },
  'batchApply of missing modules to several keys': {
    call: (door, { client, key, missing }) =>
      door(client, 'batchApply', [key, missing], { module: 'no_such_module', function: 'f' }),
    gives: {
      ok: 0,
      resultCodes: Int32Array.of(100, 100),
      failures: [
        { code: 100, message: expect.stringContaining('Execution Error'), rows: Uint32Array.of(0, 1), inDoubt: false },
      ],
    },
  },
  'batchApply with generations': {
    call: (door, { client, key }) =>
      door(client, 'batchApply', [key], { module: 'm', function: 'f' }, { policy: { generation: 1 } }),
    throws: typeError('options\\.policy\\.generation does not apply: a function decides itself what it writes'),
  },
  'apply of a missing module': {
    call: (door, { client, key }) => door(client, 'apply', key, { module: 'no_such_module', function: 'f' }),
    throws: serverError(''),
  },
  'apply with a wrong argument': {
    call: (door, { client, key }) =>
      door(client, 'apply', key, { module: 'm', function: 'f', args: [1, [new Set([1])]] }),
    throws: typeError('udf\\.args\\[1\\]\\[0\\] is a Set, which cannot be stored; use an array'),
  },
  'apply of a file': {
    call: (door, { client, key }) => door(client, 'apply', key, { module: 'm.lua', function: 'f' }),
    throws: rangeError('udf\\.module is the string "m\\.lua"; leave out \\.lua'),
  },
  background: {
    call: async (door, { client, set }) => {
      const job = (await door(client, 'background', 'test', set, { operations: [op.add('n', 1)] })) as BackgroundJob
      const { done } = await job.wait({ interval: 1 })
      return { done, id: typeof job.id }
    },
    gives: { done: true, id: 'bigint' },
    leaves: { n: 42 },
  },
  'background that reads': {
    call: (door, { client, set }) =>
      door(client, 'background', 'test', set, { operations: [op.add('n', 1), op.read('n')] }),
    throws: typeError('operations\\[1\\] reads, and a job in the background returns no values'),
  },
  'background of a set that cannot be named in what nodes say of a job': {
    call: (door, { client }) => door(client, 'background', 'test', 'a\nb', { operations: [op.add('n', 1)] }),
    throws: typeError('set is "a\\\\nb", which cannot be sent in an info command: it has \'\\\\n\' at position 1'),
  },
  'background with what servers do not heed': {
    call: (door, { client, set }) =>
      door(client, 'background', 'test', set, {
        operations: [op.add('n', 1)],
        policy: { generationPolicy: 'eq', generation: 1 },
      }),
    throws: typeError("policy\\.generationPolicy is 'eq', and servers compare no generations in jobs"),
  },
  'background that creates': {
    call: (door, { client, set }) =>
      door(client, 'background', 'test', set, { operations: [op.add('n', 1)], policy: { exists: 'create' } }),
    throws: typeError("policy\\.exists is 'create', and a job finds records that exist"),
  },
  'background that replaces': {
    call: async (door, { client, set, key }) => {
      const operations = [op.write('m', 1), op.write('bytes', Uint8Array.of(1))]
      const options = { operations, policy: { exists: 'replace' } }
      const job = (await door(client, 'background', 'test', set, options)) as BackgroundJob
      const { done } = await job.wait({ interval: 1 })
      return { done, bins: Object.keys((await client.get(key))!.bins!).toSorted() }
    },
    gives: { done: true, bins: ['bytes', 'm'] },
    leaves: { m: 1 },
  },
  'background of nothing': {
    call: (door, { client, set }) => door(client, 'background', 'test', set, {}),
    throws: typeError('options must have either operations or udf: what is done with every record'),
  },
  ping: {
    call: (door, { client }) => door(client, 'ping', { timeout: 5000 }),
    gives: expect.arrayContaining([{ node: expect.any(String), ms: expect.any(Number), error: undefined }]),
  },
  'udfs.register': {
    call: (door, { client, set }) =>
      door(client, 'udfs.register', Buffer.from('function one() return 1 end'), { name: `${set}.lua` }),
  },
  'udfs.register of bytes without a name': {
    call: (door, { client }) => door(client, 'udfs.register', Buffer.from('x')),
    throws: typeError('options\\.name is missing: bytes have no name'),
  },
  'udfs.register of a file that does not end in .lua': {
    call: (door, { client }) => door(client, 'udfs.register', 'package.json'),
    throws: rangeError('source: the name of a module ends in \\.lua, and this is the string "package\\.json"'),
  },
  'udfs.register of a file that is not there': {
    call: (door, { client }) => door(client, 'udfs.register', 'no_such_file.lua'),
    throws: /^Error ENOENT: /,
  },
  'udfs.list': { call: (door, { client }) => door(client, 'udfs.list'), gives: expect.any(Array) },
  'udfs.remove of nothing': {
    call: (door, { client }) => door(client, 'udfs.remove', 'no_such_module.lua'),
    gives: false,
  },
  'users.create without security': {
    call: (door, { client }) => door(client, 'users.create', 'ada', 'secret', ['read']),
    throws: NO_SECURITY,
  },
  'users.createPki without security': {
    call: (door, { client }) => door(client, 'users.createPki', 'ada', ['read']),
    throws: NO_SECURITY,
  },
  'users.drop without security': {
    call: (door, { client }) => door(client, 'users.drop', 'ada'),
    throws: NO_SECURITY,
  },
  'users.changePassword without security': {
    call: (door, { client }) => door(client, 'users.changePassword', 'ada', 'new'),
    throws: NO_SECURITY,
  },
  'users.grant without security': {
    call: (door, { client }) => door(client, 'users.grant', 'ada', ['read']),
    throws: NO_SECURITY,
  },
  'users.revoke without security': {
    call: (door, { client }) => door(client, 'users.revoke', 'ada', ['read']),
    throws: NO_SECURITY,
  },
  'users.list without security': {
    call: (door, { client }) => door(client, 'users.list'),
    throws: NO_SECURITY,
  },
  'users.get without security': {
    call: (door, { client }) => door(client, 'users.get', 'ada'),
    throws: NO_SECURITY,
  },
  'roles.create without security': {
    call: (door, { client }) => door(client, 'roles.create', 'analyst', { privileges: ['read'], readQuota: 1 }),
    throws: NO_SECURITY,
  },
  'roles.drop without security': {
    call: (door, { client }) => door(client, 'roles.drop', 'analyst'),
    throws: NO_SECURITY,
  },
  'roles.grant without security': {
    call: (door, { client }) => door(client, 'roles.grant', 'analyst', [{ code: 'read', namespace: 'test' }]),
    throws: NO_SECURITY,
  },
  'roles.revoke without security': {
    call: (door, { client }) => door(client, 'roles.revoke', 'analyst', ['read']),
    throws: NO_SECURITY,
  },
  'roles.setAllowlist without security': {
    call: (door, { client }) => door(client, 'roles.setAllowlist', 'analyst', ['10.0.0.0/8']),
    throws: NO_SECURITY,
  },
  'roles.setQuotas without security': {
    call: (door, { client }) => door(client, 'roles.setQuotas', 'analyst', { read: 1, write: 2 }),
    throws: NO_SECURITY,
  },
  'roles.list without security': {
    call: (door, { client }) => door(client, 'roles.list'),
    throws: NO_SECURITY,
  },
  'roles.get without security': {
    call: (door, { client }) => door(client, 'roles.get', 'analyst'),
    throws: NO_SECURITY,
  },
  'roles.create of an unknown privilege': {
    call: (door, { client }) => door(client, 'roles.create', 'analyst', { privileges: ['reed'] }),
    throws: rangeError("options\\.privileges\\[0\\] must be 'user-admin', "),
  },
  'roles.create of a set without a namespace': {
    call: (door, { client }) =>
      door(client, 'roles.create', 'analyst', { privileges: [{ code: 'read', set: 'demo' }] }),
    throws: typeError('options\\.privileges\\[0\\]\\.namespace is missing: a set belongs to a namespace'),
  },
  'users.create with a wrong password': {
    call: (door, { client }) => door(client, 'users.create', 'ada', 12345, []),
    throws: /^TypeError ERR_AEROSTRIDE_INVALID_ARGUMENT: password must be a string, not a value of type number$/,
  },
}

interface Outcome {
  readonly value: unknown
  readonly error: string
  readonly details?: unknown
  /** The record afterwards. */
  readonly bins: unknown
}

/** What a call gave or threw, and what it left behind; without the names that differ from place to place. */
async function outcomeOf(call: Case['call'], door: Door, at: Place): Promise<Outcome> {
  const settled = await call(door, at).then(
    (value) => ({ value, error: '' }),
    ({ name, code, message, resultCode, attempts }: AerostrideError) => ({
      value: undefined,
      error: `${name} ${code}: ${message}`.replaceAll(at.set, 'SET'),
      details: { resultCode, attempts },
    }),
  )
  const left = await cluster.client.get(at.key)
  const bins =
    left === null ? null : { ...left.bins, bytes: Buffer.from(left.bins!['bytes'] as Uint8Array).toString('hex') }
  return { ...settled, bins }
}

async function place(client: Client): Promise<Place> {
  const set = freshSet()
  const key: Key = ['test', set, 'here']
  await client.put(key, { ...BINS, f: double(0.5), bytes: Uint8Array.of(1, 2) })
  return { client, set, key, missing: ['test', set, 'not here'] }
}

function outcomeLike({ gives, throws, leaves = BINS }: Omit<Case, 'call'>): object {
  return { value: gives, error: expect.stringMatching(throws ?? /^$/), bins: leaves }
}

test('every method is in the table', () => {
  const called = new Set<string>()
  const never = new Promise<never>(() => {})
  const noted: Door = (_, method) => {
    called.add(method)
    return never
  }
  const nowhere: Place = { client: cluster.client, set: 's', key: ['test', 's', 1], missing: ['test', 's', 2] }
  for (const { call } of Object.values(cases)) void call(noted, nowhere)
  const own = methodNames(Client)
  const groups = { udfs: cluster.client.udfs, users: cluster.client.users, roles: cluster.client.roles }
  const names = [
    ...own.filter((name) => !Object.hasOwn(groups, name)),
    ...Object.entries(groups).flatMap(([group, { constructor }]) =>
      methodNames(constructor as never).flatMap((name) => (name === 'constructor' ? [] : [`${group}.${name}`])),
    ),
  ]
  const withTwins = names.filter((name) => names.includes(`${name}Sync`))
  // Closing would end the client of all the other calls; streams have tests of their own.
  const elsewhere = new Set(['close', 'scan', 'query'])
  expect(called).toEqual(new Set(withTwins.filter((name) => !elsewhere.has(name))))
  // Whatever has no twin returns at once, and is here by name so that it is not forgotten.
  const single = names.filter((name) => !name.endsWith('Sync') && !withTwins.includes(name))
  expect(new Set(single)).toEqual(new Set(['constructor', 'stats', 'nodes', 'isConnected', 'transaction']))
})

test.each(Object.entries(cases))('%s', async (_, { call, ...expectations }) => {
  const expected = outcomeLike(expectations)
  const outcomes = []
  for (const [, door] of doors) outcomes.push(await outcomeOf(call, door, await place(cluster.client)))
  const [first, second] = outcomes as [Outcome, Outcome]
  expect(first).toMatchObject(expected)
  expect(alike(second)).toEqual(alike(first))
})

/** A batch as what it says; without keys and nodes, as every door has a set of its own, which other nodes may hold. */
function alike(outcome: Outcome): unknown {
  return JSON.parse(
    JSON.stringify(outcome, (key, value: unknown) => {
      if (key === 'key' || key === 'ms') return undefined
      if (typeof value === 'string') return value.replaceAll(/\(node [^)]+\)/g, '(node)')
      return typeof value === 'bigint' ? `${value}n` : value
    }),
  )
}

describe('a closed client refuses', () => {
  let closed: Client
  beforeAll(async () => {
    closed = await connect(cluster.hosts)
    await closed.close()
  })
  afterAll(() => closed.close())

  const key: Key = ['test', 'demo', 1]
  const calls: Record<Exclude<Method, 'close'>, unknown[]> = {
    put: [key, { a: 1 }],
    putMany: [[[key, { a: 1 }]]],
    get: [key],
    select: [key, ['a']],
    exists: [key],
    touch: [key],
    remove: [key],
    add: [key, { a: 1 }],
    append: [key, { a: 'x' }],
    prepend: [key, { a: 'x' }],
    operate: [key, [op.read('a')]],
    batchRead: [[key]],
    batchWrite: [[key], { dtype: sensor, columns: { temperature: [1], humidity: [1] } }],
    info: ['build'],
    inferDtype: ['test', 'demo'],
    truncate: ['test', 'demo'],
    createIndex: ['test', 'demo', { name: 'closed', bin: 'a', type: 'numeric' }],
    dropIndex: ['test', 'closed'],
    indexes: ['test'],
    batchExists: [[key]],
    batchRemove: [[key]],
    batchOperate: [[key], [op.read('a')]],
    batchApply: [[key], { module: 'm', function: 'f' }],
    apply: [key, { module: 'm', function: 'f' }],
    background: ['test', 'demo', { operations: [op.add('a', 1)] }],
    ping: [],
    'udfs.register': [Buffer.from('--'), { name: 'closed.lua' }],
    'udfs.list': [],
    'udfs.remove': ['closed.lua'],
    ...administration('secret'),
  }
  test.each(Object.entries(calls) as [Exclude<Method, 'close'>, unknown[]][])('%s', async (method, args) => {
    for (const [, door] of doors) {
      await expect(door(closed, method, ...args)).rejects.toMatchObject({
        name: 'ClosedError',
        code: 'ERR_AEROSTRIDE_CLOSED',
      })
    }
  })
})
