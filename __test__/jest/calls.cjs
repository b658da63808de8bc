/* global describe, test, expect, beforeAll, afterAll */
// What every file does: the second one, and the third, find the package evaluated before in the same process.
const aerostride = require('aerostride')
const { startDevServer } = require('aerostride/devserver')

const { AerostrideError, Batch, ConnectionError, ServerError, TimeoutError, connect, double, dtype, keyList } =
  aerostride
const sensor = dtype({ temperature: 'f8', id: 'i8', name: 'S8', m: ['f4', 2] })

exports.everyCall = (title) => {
  describe(title, () => {
    let server
    let client
    beforeAll(async () => {
      server = await startDevServer()
      client = await connect(server.hosts)
    })
    afterAll(async () => {
      await client.close()
      await server.stop()
    })

    const key = ['test', 'jest', 1]
    const bins = { n: 1, text: 'a', list: [1, { deep: [2n ** 60n] }], bytes: new Uint8Array([1, 2]) }

    test('records have the classes of the test', async () => {
      await client.put(key, { ...bins, map: new Map([[1, 'one']]), half: double(2) })
      const record = await client.get(key)
      expect(record.bins).toStrictEqual({ ...bins, map: new Map([[1, 'one']]), half: 2 })
      expect(record.bins.map).toBeInstanceOf(Map)
      expect(record.bins.list).toBeInstanceOf(Array)
      expect(record.bins.bytes).toBeInstanceOf(Uint8Array)
      expect(client.getSync(key)).toStrictEqual(record)
      expect(await client.batchRead([key])).toStrictEqual([record])
      expect(JSON.stringify(double(0.5))).toBe('0.5')
    })

    test('columns, from typed arrays of the test', async () => {
      const keys = [1, 2].map((id) => ['test', 'jest', id])
      const columns = {
        temperature: new Float64Array([1, 2]),
        id: new BigInt64Array([1n, 2n]),
        name: ['a', 'b'],
        m: new Float32Array(4),
      }
      const written = await client.batchWrite(keys, { dtype: sensor, columns })
      expect(written.ok).toBe(2)
      const batch = await client.batchRead(keyList('test', 'jest', new Int32Array([1, 2])), { dtype: sensor })
      expect(batch).toBeInstanceOf(Batch)
      expect(batch.columns.temperature).toStrictEqual(new Float64Array([1, 2]))
      expect(batch.resultCodes).toStrictEqual(new Int32Array([0, 0]))
      expect(batch.buffer).toBeInstanceOf(ArrayBuffer)
      expect(batch.conversions.id).toStrictEqual({ missing: 0, lossy: 0, mismatched: 0 })
      expect(batch.at(1)).toStrictEqual({ temperature: 2, id: 2n, name: 'b', m: new Float32Array(2) })
      expect(sensor.fields[0].shape).toStrictEqual([])
      expect(await client.truncate('test', 'jest', { before: new Date(2020, 0) })).toBeUndefined()
    })

    test('errors have their class, code and node', async () => {
      const create = { policy: { exists: 'create' } }
      const refused = await client.put(key, { n: 1 }, create).catch((error) => error)
      expect(refused).toBeInstanceOf(ServerError)
      expect(refused).toBeInstanceOf(AerostrideError)
      expect(refused).toBeInstanceOf(Error)
      expect(refused).toMatchObject({ name: 'ServerError', code: 'ERR_AEROSTRIDE_SERVER', resultCode: 5 })
      expect(refused.node).toMatch(/127\.0\.0\.1/)
      expect(() => client.putSync(key, { n: 1 }, create)).toThrow(ServerError)

      server.setFaults(['silence'])
      const policy = { totalTimeout: 50, maxRetries: 0 }
      await expect(client.batchRead([key], { dtype: sensor, policy })).rejects.toThrow(TimeoutError)
      server.setFaults([])
      await expect(connect({ hosts: '127.0.0.1:1', connectTimeout: 200 })).rejects.toThrow(ConnectionError)
    })

    test('wrong arguments are the TypeError and RangeError of the test', async () => {
      expect(() => dtype({ a: 'x9' })).toThrow(TypeError)
      await expect(client.get(5)).rejects.toThrow(TypeError)
      await expect(client.put(key, { n: 2n ** 70n })).rejects.toThrow(RangeError)
      await expect(client.put(key, { n: [undefined] })).rejects.toMatchObject({
        code: 'ERR_AEROSTRIDE_INVALID_ARGUMENT',
      })
    })

    test('a signal of the test', async () => {
      const controller = new AbortController()
      const pending = client.get(key, { signal: controller.signal })
      controller.abort(new Error('enough'))
      await expect(pending).rejects.toThrow('enough')
    })
  })
}
