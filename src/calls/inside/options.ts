import type { ContextCreatingStep, ContextStep, MapOrder } from '../../expressions/context.js'

/** Options of an operation that reads a list or a map. */
export interface ReadInsideOptions {
  /** The steps to what is inside a list or map, made by `ctx`. Default none: the bin itself. */
  readonly context?: readonly ContextStep[] | undefined
}

/** Options of an operation that writes to a list or a map. */
export interface WriteInsideOptions {
  /** The steps to what is inside a list or map, made by `ctx`. Default none: the bin itself. */
  readonly context?: readonly (ContextStep | ContextCreatingStep)[] | undefined
}

/** The order of a list. */
export type ListOrder = 'unordered' | 'ordered'

/** Options of `op.lists.create`. */
export interface ListCreateOptions extends WriteInsideOptions {
  /** The order of the list. Default `'unordered'`. */
  readonly order?: ListOrder | undefined
  /** Fills the list around it up with null, where the last step is an index behind its end. Default false. */
  readonly pad?: boolean | undefined
  /** Stores the index of an ordered list with the record, which makes reads faster and the record larger. Not inside a context. Default false. */
  readonly persistIndex?: boolean | undefined
}

/** Options of `op.lists.setOrder`. */
export type ListOrderOptions = Omit<ListCreateOptions, 'order' | 'pad'>

/** Options of `op.lists.sort`. */
export interface SortOptions extends WriteInsideOptions {
  /** Sorts from the largest to the smallest. Default false. */
  readonly descending?: boolean | undefined
  /** Removes values that are there already. Not together with `descending`. Default false. */
  readonly dropDuplicates?: boolean | undefined
}

/** What the writes to a list that can be denied have in common. */
interface ListDenials extends WriteInsideOptions {
  /** Denies a value that is in the list already: the call fails with code 24. Default false. */
  readonly unique?: boolean | undefined
  /** Leaves the list as it is where the options deny the write, instead of failing the call. Default false. */
  readonly skipDenied?: boolean | undefined
}

/** Options of `op.lists.append`. */
export interface ListAppendOptions extends ListDenials {
  /** The order of the list, if there is none yet. Default `'unordered'`. */
  readonly order?: ListOrder | undefined
}

/** Options of `op.lists.appendItems`. */
export interface ListAppendItemsOptions extends ListAppendOptions {
  /** With `skipDenied`: adds the values that are not denied. Default false. */
  readonly partial?: boolean | undefined
}

/** Options of `op.lists.insert` and `op.lists.set`. */
export interface ListInsertOptions extends ListDenials {
  /** Denies an index behind the end, instead of filling up with null: the call fails with code 26. Default false. */
  readonly bounded?: boolean | undefined
}

/** Options of `op.lists.insertItems`. */
export interface ListInsertItemsOptions extends ListInsertOptions {
  /** With `skipDenied`: adds the values that are not denied. Default false. */
  readonly partial?: boolean | undefined
}

/** Options of `op.lists.increment`. */
export interface ListIncrementOptions extends WriteInsideOptions {
  /** The order of the list, if there is none yet. Default `'unordered'`. */
  readonly order?: ListOrder | undefined
}

/** Options of `op.maps.create`. */
export interface MapCreateOptions extends WriteInsideOptions {
  /** The order of the map. Default `'unordered'`. */
  readonly order?: MapOrder | undefined
  /** Stores the index of an ordered map with the record, which makes reads faster and the record larger. Not inside a context. Default false. */
  readonly persistIndex?: boolean | undefined
}

/** Options of `op.maps.setOrder`. */
export type MapOrderOptions = Omit<MapCreateOptions, 'order'>

/** Options of `op.maps.increment` and `op.maps.decrement`. */
export interface MapIncrementOptions extends WriteInsideOptions {
  /** The order of the map, if there is none yet. Default `'unordered'`. */
  readonly order?: MapOrder | undefined
  /** Stores the index of a new ordered map with the record. Not inside a context. Default false. */
  readonly persistIndex?: boolean | undefined
}

/** Options of `op.maps.put`. */
export interface MapPutOptions extends MapIncrementOptions {
  /** Writes always, only under keys that exist (else code 23), or only under new keys (else code 24). Default `'update'`. */
  readonly exists?: 'update' | 'updateOnly' | 'create' | undefined
  /** Leaves the map as it is where `exists` denies the write, instead of failing the call. Default false. */
  readonly skipDenied?: boolean | undefined
}

/** Options of `op.maps.putItems`. */
export interface MapPutItemsOptions extends MapPutOptions {
  /** With `skipDenied`: writes the entries that are not denied. Default false. */
  readonly partial?: boolean | undefined
}

/** Options of an operation that writes bits. */
export interface BitsOptions {
  /** Writes always, only if the bin exists, or only if it does not. Default `'update'`. */
  readonly exists?: 'update' | 'updateOnly' | 'create' | undefined
  /** Leaves the bin as it is where the write is denied, instead of failing the call. Default false. */
  readonly skipDenied?: boolean | undefined
  /** Writes the bits that are inside the blob, where others are behind its end. Default false. */
  readonly partial?: boolean | undefined
}

/** Options of `op.bits.resize`. */
export interface ResizeOptions extends BitsOptions {
  /** Where bytes are added or removed. Default `'end'`. */
  readonly from?: 'end' | 'front' | undefined
  /** Denies the other direction. Default neither. */
  readonly only?: 'grow' | 'shrink' | undefined
}

/** Options of `op.bits.add` and `op.bits.subtract`. */
export interface BitsAddOptions extends BitsOptions {
  /** Whether the number has a sign. Default false. */
  readonly signed?: boolean | undefined
  /** What happens when the result does not fit: the call fails, or the result is the nearest that fits, or wraps. Default `'fail'`. */
  readonly overflow?: 'fail' | 'saturate' | 'wrap' | undefined
}

/** Options of `op.bits.getInt`. */
export interface BitsGetIntOptions {
  /** Whether the number has a sign. Default false. */
  readonly signed?: boolean | undefined
}

/** Options of `op.hlls.setUnion`. */
export interface HllWriteOptions {
  /** Writes always, only if the bin exists, or only if it does not. Default `'update'`. */
  readonly exists?: 'update' | 'updateOnly' | 'create' | undefined
  /** Leaves the bin as it is where the write is denied, instead of failing the call. Default false. */
  readonly skipDenied?: boolean | undefined
  /** Reduces the result to the smallest number of index bits, where the sketches have different ones. Default false. */
  readonly allowFold?: boolean | undefined
}

/** Options of `op.hlls.init` and `op.hlls.add`. */
export interface HllInitOptions extends Omit<HllWriteOptions, 'allowFold'> {
  /** 4 to 16: the sketch has 2 to the power of so many registers. Required to make one. */
  readonly indexBits?: number | undefined
  /** 4 to 51: bits for estimating similarities. Default none. */
  readonly minHashBits?: number | undefined
}
