import { isMainThread } from 'node:worker_threads'
import type Aerospike from 'aerospike'

/** The addon of the official client ends the process when it is used in another thread than the main one. */
export const hasOfficial = isMainThread

/** The official client, loaded by the tests that compare with it and not by the others of their file. */
export async function loadOfficial(): Promise<typeof Aerospike> {
  const module = await import('aerospike')
  return module.default
}
