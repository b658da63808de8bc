import { Packer } from './bytes.js'
import type { Bound, ConstantItem, CreatingStep, Node, PathGives, PathStep, RecordField, Step } from './node.js'
import { OPERATIONS } from './operations.js'
import { INVERTED, RETURN_CODES, readRule } from './reads.js'
import { TYPE_CODES, type ExpressionType } from './types.js'

/**
 * The one place that knows how an expression looks on the wire.
 *
 * It is TypeScript, as the builder and the parser of text are: an expression is at most a few hundred bytes, made once
 * and sent many times, so that a native encoder would save nothing and every tree would have to cross the binding first.
 */

const FIELD_CODES: Readonly<Record<RecordField, number>> = {
  deviceSize: 65,
  lastUpdate: 66,
  sinceUpdate: 67,
  voidTime: 68,
  ttl: 69,
  setName: 70,
  keyExists: 71,
  isTombstone: 72,
  memorySize: 73,
  recordSize: 74,
}

const CODES = {
  unknown: 0,
  regex: 7,
  digestModulo: 64,
  key: 80,
  bin: 81,
  binType: 82,
  removed: 100,
  element: 122,
  variable: 124,
  let: 125,
} as const
const QUOTE = 126
const CALL = 127
/** In front of a context and of what is read in it. */
const CONTEXT = 0xff

/** In front of a path. */
const SELECT = 0xfe
/** Added to the module of an operation that gives the changed list, map or bytes. */
const MODIFIES = 0x40

const GIVES_CODES: Readonly<Record<PathGives, number>> = { tree: 0, values: 1, keys: 2, entries: 3, changed: 4 }
/** Added to those: what is not known is not chosen, instead of failing. */
const LENIENT = 0x10

const PART_CODES = { key: 0, value: 1, index: 2 } as const

const STEP_CODES: Readonly<Record<PathStep['by'], number>> = {
  all: 0x04,
  filter: 0x04,
  and: 0x204,
  mapKeys: 0x2a,
  listIndex: 0x10,
  listRank: 0x11,
  listValue: 0x13,
  mapIndex: 0x20,
  mapRank: 0x21,
  mapKey: 0x22,
  mapValue: 0x23,
}

const BOUND_BYTES: Readonly<Record<Bound, Uint8Array>> = {
  wildcard: Uint8Array.of(0xd4, 0xff, 0x00),
  infinity: Uint8Array.of(0xd4, 0xff, 0x01),
}

/** The pair that an ordered map begins with. */
const ORDERED_MAP = Uint8Array.of(0xc7, 0x00, 0x01, 0xc0)

/** The particle type in front of strings and blobs. */
const PARTICLES = { string: 3, blob: 4, hll: 18, geo: 23 } as const

/** The bytes of an expression. */
export function encode(node: Node): Uint8Array<ArrayBuffer> {
  const out = new Packer()
  writeNode(out, node)
  return out.bytes()
}

/** The bytes of a context: its steps and their arguments by turns, in one array. */
export function encodeContext(steps: readonly (Step | CreatingStep)[]): Uint8Array<ArrayBuffer> {
  const out = new Packer()
  writeSteps(out, steps)
  return out.bytes()
}

function writeNode(out: Packer, node: Node): void {
  switch (node.kind) {
    case 'constant':
      return writeConstant(out, node.item)
    case 'bound':
      return out.raw(BOUND_BYTES[node.bound])
    case 'unknown':
      return writeHead(out, 1, CODES.unknown)
    case 'removed':
      return writeHead(out, 1, CODES.removed)
    case 'element':
      writeHead(out, 3, CODES.element)
      out.int(TYPE_CODES[node.type])
      return out.int(PART_CODES[node.part])
    case 'path':
      return writePath(out, node)
    case 'record':
      return writeHead(out, 1, FIELD_CODES[node.field])
    case 'bin':
      return writeNamed(out, CODES.bin, node.name, node.type)
    case 'binType':
      return writeNamed(out, CODES.binType, node.name)
    case 'variable':
      return writeNamed(out, CODES.variable, node.name)
    case 'digestModulo':
      writeHead(out, 2, CODES.digestModulo)
      return out.int(node.modulus)
    case 'key':
      writeHead(out, 2, CODES.key)
      return out.int(TYPE_CODES[node.type])
    case 'operation':
      writeHead(out, node.args.length + 1, OPERATIONS[node.name].code)
      return node.args.forEach((each) => writeNode(out, each))
    case 'regex':
      return writeRegex(out, node)
    case 'let':
      return writeLet(out, node)
    case 'read':
      return writeRead(out, node)
  }
}

function writeHead(out: Packer, length: number, code: number): void {
  out.array(length)
  out.int(code)
}

/** Names have no particle type in front. */
function writeNamed(out: Packer, code: number, name: string, type?: ExpressionType): void {
  writeHead(out, type === undefined ? 2 : 3, code)
  if (type !== undefined) out.int(TYPE_CODES[type])
  out.text(Buffer.from(name))
}

function writeRegex(out: Packer, { flags, pattern, text }: Extract<Node, { kind: 'regex' }>): void {
  writeHead(out, 4, CODES.regex)
  out.int(flags)
  out.text(Buffer.from(pattern))
  writeNode(out, text)
}

function writeLet(out: Packer, { definitions, body }: Extract<Node, { kind: 'let' }>): void {
  writeHead(out, definitions.length * 2 + 2, CODES.let)
  for (const [name, value] of definitions) {
    out.text(Buffer.from(name))
    writeNode(out, value)
  }
  writeNode(out, body)
}

function writeRead(out: Packer, node: Extract<Node, { kind: 'read' }>): void {
  const { module, modifies } = readRule(node.name)
  writeHead(out, 5, CALL)
  out.int(TYPE_CODES[node.type])
  out.int(modifies === true ? module | MODIFIES : module)
  writeReadArguments(out, node)
  writeNode(out, node.source)
}

/** The operation as a list or map operation has it too: its code, what it returns, its arguments, in a context. */
function writeReadArguments(
  out: Packer,
  node: Extract<Node, { kind: 'read' }>,
  writeArgument: (out: Packer, each: Node) => void = writeNode,
): void {
  const { name, args, returns, inverted, context } = node
  if (context.length > 0) {
    out.array(3)
    out.int(CONTEXT)
    writeSteps(out, context)
  }
  const { code, removes } = readRule(name)
  // What takes something out returns nothing of it.
  const returned = removes === true ? 0 : returns && RETURN_CODES[returns]
  writeHead(out, args.length + (returned === undefined ? 1 : 2), code)
  if (returned !== undefined) out.int(returned | (inverted ? INVERTED : 0))
  args.forEach((each) => writeArgument(out, each))
}

/** A read of constants as a list or map operation on a bin has it. There is nothing to quote: nothing is evaluated. */
export function encodeOperation(node: Extract<Node, { kind: 'read' }>): Uint8Array<ArrayBuffer> {
  const out = new Packer()
  writeReadArguments(out, node, (to, each) => {
    if (each.kind === 'constant') return writeItem(to, each.item)
    writeNode(to, each)
  })
  return out.bytes()
}

function writeSteps(out: Packer, steps: readonly (PathStep | CreatingStep)[]): void {
  out.array(steps.length * 2)
  for (const step of steps) {
    out.int(STEP_CODES[step.by] | ('creates' in step ? (step.creates ?? 0) : 0))
    if ('filter' in step) writeNode(out, step.filter)
    else if ('at' in step) writeItem(out, step.at)
    else out.byte(0xc3)
  }
}

function writePath(out: Packer, { type, source, ...path }: Extract<Node, { kind: 'path' }>): void {
  writeHead(out, 5, CALL)
  out.int(TYPE_CODES[type])
  out.int(path.gives === 'changed' ? MODIFIES : 0)
  writePathArguments(out, path)
  writeNode(out, source)
}

/** The path as an operation on a list or map has it too. */
function writePathArguments(
  out: Packer,
  { steps, gives, change, lenient }: Pick<Extract<Node, { kind: 'path' }>, 'steps' | 'gives' | 'change' | 'lenient'>,
): void {
  writeHead(out, change === undefined ? 3 : 4, SELECT)
  writeSteps(out, steps)
  out.int(GIVES_CODES[gives] | (lenient ? LENIENT : 0))
  if (change !== undefined) writeNode(out, change)
}

/** A list that is not quoted would be an operation. */
function writeConstant(out: Packer, item: ConstantItem): void {
  if (item.type === 'list') writeHead(out, 2, QUOTE)
  writeItem(out, item)
}

function writeItem(out: Packer, item: ConstantItem): void {
  switch (item.type) {
    case 'nil':
      return out.byte(0xc0)
    case 'bool':
      return out.byte(item.value ? 0xc3 : 0xc2)
    case 'int':
      return out.int(item.value)
    case 'float':
      return out.float(item.value)
    case 'string':
    case 'geo':
      return out.text(Uint8Array.of(PARTICLES[item.type]), Buffer.from(item.value))
    case 'blob':
    case 'hll':
      return out.text(Uint8Array.of(PARTICLES[item.type]), item.value)
    case 'list':
      out.array(item.value.length)
      return item.value.forEach((each) => writeItem(out, each))
    case 'map':
      return writeMap(out, item.value)
  }
}

/** Ordered always: the server says of no unordered map whether it equals another. */
function writeMap(out: Packer, pairs: readonly (readonly [ConstantItem, ConstantItem])[]): void {
  out.map(pairs.length + 1)
  out.raw(ORDERED_MAP)
  for (const [key, value] of pairs) {
    writeItem(out, key)
    writeItem(out, value)
  }
}
