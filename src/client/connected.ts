import type { Session } from '../calls/session.js'
import { notCloneable } from '../tags.js'

let sessionIn: (connected: Connected) => Session | undefined
let setSession: (connected: Connected, session: Session) => void

/** What every client has: its session, which only the files of this folder can reach. */
export abstract class Connected {
  /** @internal */
  readonly cannotBeCloned: symbol = notCloneable('a client; connect where it is needed')
  #session: Session | undefined

  static {
    sessionIn = (connected) => connected.#session
    setSession = (connected, session) => {
      connected.#session = session
    }
  }
}

/** Gives a client its session, in its constructor: a parameter of the base class would be public in the declarations. */
export function attach(connected: Connected, session: Session): void {
  setSession(connected, session)
}

/** The session behind a client. */
export function sessionOf(connected: Connected): Session {
  return sessionIn(connected) as Session
}
