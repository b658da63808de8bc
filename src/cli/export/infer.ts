import type { Client } from '../../client/client.js'
import type { Dtype } from '../../dtype/dtype.js'
import { codeOf } from '../../kinds/code.js'
import { type InferOptions, NO_RECORDS } from '../../schema/infer.js'
import { InputError } from '../command.js'
import { say } from '../terminal/say.js'
import { quote } from '../../arguments/given.js'

/** Looks at a sample, and says on standard error what it makes of it, in the form that `--dtype` takes. */
export async function inferredDtype(
  client: Client,
  namespace: string,
  set: string,
  options: InferOptions,
): Promise<Dtype> {
  try {
    const { dtype, records, isWhole } = await client.inferDtype(namespace, set, options)
    const of = isWhole ? '' : `, of a sample of ${records} records`
    say(`--dtype '${dtypeText(dtype)}'${of}`)
    return dtype
  } catch (error) {
    if ((error as Error).message.startsWith(NO_RECORDS)) {
      const where = set === '' ? quote(namespace) : quote(set)
      throw new InputError(`no records were found in ${where}; with --dtype an empty file would be written`)
    }
    throw error
  }
}

/** A dtype as the command line takes it. */
export function dtypeText({ fields }: Dtype): string {
  return fields.map((field) => `${field.name}:${codeOf(field)}`).join(',')
}
