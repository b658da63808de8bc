import { expectTypeOf, test } from 'vitest'
import type { CheckedReadPolicy, CheckedWritePolicy, ReadPolicy, WritePolicy } from '../src/policies/policy.js'
import type * as binding from '../src/binding/native.js'
import type { Field } from '../src/kinds/kinds.js'

// The types of the binding are generated from crates/node. What src says beside them has to agree.
test('the binding takes what the checks let through', () => {
  expectTypeOf<CheckedReadPolicy>().toExtend<binding.NativeReadPolicy>()
  expectTypeOf<CheckedWritePolicy>().toExtend<binding.NativeWritePolicy>()
})

test('no option of a policy is forgotten on either side', () => {
  expectTypeOf<keyof ReadPolicy>().toEqualTypeOf<Exclude<keyof binding.NativeReadPolicy, 'bigints' | 'transaction'>>()
  expectTypeOf<keyof WritePolicy>().toEqualTypeOf<Exclude<keyof binding.NativeWritePolicy, 'bigints' | 'transaction'>>()
})

test('a field of the binding is a field', () => {
  expectTypeOf<binding.NativeFieldInfo>().toExtend<Omit<Field, 'element' | 'unit'>>()
  expectTypeOf<keyof binding.NativeFieldInfo>().toEqualTypeOf<keyof Field>()
})
