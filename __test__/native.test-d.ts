import { expectTypeOf, test } from 'vitest'
import type * as generated from '../native/index.js'
import type * as ours from '../src/binding/native.js'
import type { Field } from '../src/kinds/kinds.js'

// src/binding/native.ts says more precisely than the generated types which strings and arrays cross the border. What it asks for
// must still be what the binding offers.
test('the binding takes what is handed to it', () => {
  expectTypeOf<ours.NativeConnectOptions>().toExtend<generated.NativeConnectOptions>()
  expectTypeOf<ours.NativeDevServerOptions>().toExtend<generated.NativeDevServerOptions>()
  expectTypeOf<ours.NativeField>().toExtend<generated.NativeField>()
  expectTypeOf<ours.NativeKeys>().toExtend<generated.NativeKeys>()
  expectTypeOf<ours.NativeReadPolicy>().toExtend<generated.NativePolicy>()
  expectTypeOf<ours.NativeWritePolicy>().toExtend<generated.NativeWritePolicy>()
  expectTypeOf<Omit<ours.NativeReadOptions, 'abort'>>().toExtend<Omit<generated.NativeReadOptions, 'abort'>>()
})

test('no option of the binding is forgotten', () => {
  expectTypeOf<keyof ours.NativeConnectOptions>().toEqualTypeOf<keyof generated.NativeConnectOptions>()
  expectTypeOf<keyof ours.NativeReadPolicy>().toEqualTypeOf<keyof generated.NativePolicy>()
  expectTypeOf<keyof ours.NativeWritePolicy>().toEqualTypeOf<keyof generated.NativeWritePolicy>()
  expectTypeOf<keyof ours.NativeReadOptions>().toEqualTypeOf<keyof generated.NativeReadOptions>()
  expectTypeOf<keyof ours.NativeDevServerOptions>().toEqualTypeOf<keyof generated.NativeDevServerOptions>()
})

test('the binding gives what is read of it', () => {
  expectTypeOf<keyof ours.NativeOutcome>().toEqualTypeOf<keyof generated.NativeOutcome>()
  expectTypeOf<keyof ours.NativeLoss>().toEqualTypeOf<keyof generated.NativeLoss>()
  expectTypeOf<generated.NativeLayout>().toExtend<ours.NativeLayout>()
  expectTypeOf<generated.NativeFailureReport>().toExtend<ours.NativeFailureReport>()
  expectTypeOf<keyof generated.NativeFieldInfo>().toEqualTypeOf<keyof Field>()
  expectTypeOf<keyof ours.NativeClient>().toExtend<keyof generated.NativeClient>()
})
