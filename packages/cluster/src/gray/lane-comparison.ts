import {
  type Clock,
  GRAY_LANE,
  type ObservedEnd,
  type Observer,
  type RpcErrorCode,
  STABLE_LANE,
  systemClock,
} from '@kumquat/core'
import { type LaneLimits, type LaneVerdict, laneVerdict } from './lane-verdict.ts'
import { type LaneSample, LaneWindow } from './lane-window.ts'

export interface LaneComparisonOptions extends LaneLimits {
  /** What is compared. Default: every attempt. A call that was saved by another attempt would hide that one failed. */
  readonly counts?: (end: ObservedEnd) => boolean
  /** Which codes speak against a release. Default: those that a caller is not to blame for. */
  readonly failed?: (code: RpcErrorCode) => boolean
  /** How far back to look, in ms, more than 0. Default 300 000. */
  readonly windowMs?: number
  readonly clock?: Clock
}

/** One lane during the window. */
export interface LaneFigures {
  readonly calls: number
  readonly errors: number
  /** Of the calls without error, at most 4.5 % too high; absent without such a call. */
  readonly durationMs?: { readonly p50: number; readonly p95: number; readonly p99: number }
}

/** An observer that compares the gray lane with the stable one. */
export interface LaneComparison extends Observer {
  figures(): { readonly gray: LaneFigures; readonly stable: LaneFigures }
  /** May be asked at any time; takes some microseconds. See `laneVerdict` for the rule. */
  verdict(): LaneVerdict
}

/** Compares the lanes in a sliding window, as a base for an automatic stop. Other lanes and canceled calls are left out. */
export function laneComparison({
  counts = ({ kind }) => kind === 'attempt',
  failed = (code) => FAULTS.has(code),
  windowMs = 300_000,
  clock = systemClock,
  ...limits
}: LaneComparisonOptions = {}): LaneComparison {
  if (!(windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`windowMs must be a number of ms above 0, got ${windowMs}`)
  }
  const judge = laneVerdict(limits)
  const gray = new LaneWindow(windowMs, clock)
  const stable = new LaneWindow(windowMs, clock)
  const windows = new Map([
    [GRAY_LANE, gray],
    [STABLE_LANE, stable],
  ])
  return {
    started() {},
    ended(end) {
      if (end.code === 'canceled' || !counts(end)) return
      windows.get(end.lane)?.add(end.durationMs, end.code !== 'ok' && failed(end.code))
    },
    figures: () => ({ gray: figuresOf(gray.sample()), stable: figuresOf(stable.sample()) }),
    verdict: () => judge(gray.sample(), stable.sample()),
  }
}

const FAULTS: ReadonlySet<RpcErrorCode> = new Set([
  'unknown',
  'deadline_exceeded',
  'resource_exhausted',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
])

function figuresOf(sample: LaneSample): LaneFigures {
  const { calls, errors } = sample
  if (calls === errors) return { calls, errors }
  const at = (share: number): number => sample.durationAt(Math.ceil((calls - errors) * share))
  return { calls, errors, durationMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) } }
}
