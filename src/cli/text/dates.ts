import type { DatetimeUnit } from '../../kinds/kinds.js'

/** How many of a unit a second has, as a power of ten. */
const DIGITS: Record<DatetimeUnit, number> = { s: 0, ms: 3, us: 6, ns: 9 }

const DATE = /(?<year>[+-]\d{6}|\d{4})-(?<month>\d\d)-(?<day>\d\d)/
const TIME = /(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?/
const ZONE = /(?:Z|UTC|(?<sign>[+-])(?<hours>\d\d)(?::?(?<minutes>\d\d))?)/
const INSTANT = new RegExp(`^${DATE.source}(?:[T ]${TIME.source} ?${ZONE.source}?)?$`, 'i')

type Parts = Record<string, string | undefined>

/** What a text that is a date cannot be: it counts something smaller than the unit. */
export const TOO_FINE = Symbol('too fine')

/**
 * The count of a unit since 1970 of a date as ISO 8601 has it, also with a blank in place of the T. Without a zone it is
 * UTC, as in numpy, wherever the program runs. Nothing where the text is no date, or there is no such day.
 */
export function ticksOfText(text: string, unit: DatetimeUnit): bigint | typeof TOO_FINE | undefined {
  const parts = INSTANT.exec(text)?.groups
  if (parts === undefined) return undefined
  const [seconds, zone] = [secondsOf(parts), zoneOf(parts)]
  if (seconds === undefined || zone === undefined) return undefined
  const { fraction = '' } = parts
  const digits = DIGITS[unit]
  if (/[1-9]/.test(fraction.slice(digits))) return TOO_FINE
  return BigInt(seconds - zone) * 10n ** BigInt(digits) + BigInt(fraction.slice(0, digits).padEnd(digits, '0') || 0)
}

/** The seconds since 1970 of a day and time that exist. */
function secondsOf({ year, month, day, hour = '0', minute = '0', second = '0' }: Parts): number | undefined {
  const date = new Date(0)
  // `Date.UTC` takes the years up to 99 for those of the 20th century.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  if (!exists || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  return date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
}

/** The seconds that a zone is ahead of UTC. */
function zoneOf({ sign, hours = '0', minutes = '0' }: Parts): number | undefined {
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
}
