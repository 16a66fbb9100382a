/** A number made readable, apart from its unit so that the unit can stand back. */
export interface Amount {
  readonly text: string
  /** Empty when there is none. */
  readonly unit: string
}

const NONE: Amount = { text: '–', unit: '' }
const NARROW_SPACE = '\u202f'

/** A duration of a call: `0 ms`, `0.42 ms`, `7.3 ms`, `74 ms`, `1.24 s`. */
export function duration(ms: number | null): Amount {
  if (ms === null) return NONE
  if (ms === 0) return { text: '0', unit: 'ms' }
  if (ms >= 999.5) return { text: (ms / 1000).toFixed(2), unit: 's' }
  return { text: ms.toFixed(ms < 1 ? 2 : ms < 9.95 ? 1 : 0), unit: 'ms' }
}

/** A rate: `0`, `0.25`, `7.3`, `412`, `2 244`. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0'
  if (perSecond >= 9.95) return count(perSecond)
  return perSecond.toFixed(perSecond < 0.995 ? 2 : 1)
}

/** A whole number in groups of three: `2 244`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US').replaceAll(',', NARROW_SPACE)
}

/** A ratio of 0 to 1 as percent: `0 %`, `0.34 %`, `12.5 %`. What is not nothing never reads as nothing. */
export function percent(ratio: number): Amount {
  const value = ratio * 100
  if (value === 0 || value === 100) return { text: value.toFixed(0), unit: '%' }
  if (value < 0.01) return { text: '< 0.01', unit: '%' }
  return { text: value.toFixed(value < 9.995 ? 2 : 1), unit: '%' }
}

/** A part of a whole, for shares: `30 %`, `9.8 %`. */
export function share(ratio: number): Amount {
  const value = ratio * 100
  return { text: value.toFixed(value === 0 || value >= 9.95 ? 0 : 1), unit: '%' }
}

/** Amount and unit as one text. */
export function plain({ text, unit }: Amount): string {
  return unit === '' ? text : `${text} ${unit}`
}

/** How long ago: `now`, `4 s ago`, `12 min ago`, `3 h ago`, `6 d ago`. */
export function ago(ms: number): string {
  if (ms < 1000) return 'now'
  const [unit, size] = UNITS.findLast(([, least]) => ms >= least)!
  return `${Math.floor(ms / size)} ${unit} ago`
}

const UNITS = [
  ['s', 1000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
] as const

const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const MINUTES = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Time of day: `14:03:07`. */
export const timeOfDay = (at: number): string => SECONDS.format(at)

/** Time of day without its seconds: `14:03`. */
export const minuteOfDay = (at: number): string => MINUTES.format(at)

/** A moment seen from `now`: the time of day, with the date before it when it was another day. */
export function moment(at: number, now: number): string {
  const day = DAY.format(at)
  return day === DAY.format(now) ? timeOfDay(at) : `${day} ${minuteOfDay(at)}`
}
