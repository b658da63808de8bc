import {
  type CallEvent,
  type Logger,
  type Subject,
  channelOf,
  finish,
  isLogged,
  isTraced,
  published,
} from './observe.js'

/** A stream under way, as those who observe it see it. */
export interface StreamWatch {
  /** It has failed. */
  failed(error: unknown): void
  /** It has ended after so many rows: at its end, in the middle, or because it has failed. */
  ended(rows: number): void
}

/**
 * Tells whoever listens that a scan or query begins: its tracing channel, the debug log, the client's logger. `undefined` when
 * nobody does. Of the records only their number is told.
 */
export function watchStream(subject: Subject, logger: Logger | undefined, isSync: boolean): StreamWatch | undefined {
  const channel = channelOf(subject.operation)
  if (!isTraced(channel) && !isLogged(logger)) return undefined
  const event: CallEvent = { ...subject }
  const started = performance.now()
  channel.start.publish(event)
  // As of a call whose promise is there and not settled.
  if (!isSync) channel.end.publish(event)
  return {
    failed(error) {
      event.error = published(error)
      channel.error.publish(event)
    },
    ended(rows) {
      Object.assign(event, { rows }, event.error === undefined ? { codes: rows === 0 ? {} : { 0: rows } } : {})
      finish(event, started, logger)
      if (isSync) return channel.end.publish(event)
      channel.asyncStart.publish(event)
      channel.asyncEnd.publish(event)
    },
  }
}
