import type { VNode } from 'preact'
import { timeOfDay } from '../format.ts'
import { RETRY_MS, type StreamState } from '../stream.ts'

export interface LostBannerProps {
  readonly stream: StreamState
  /** Of the figures that are shown. */
  readonly at: number
}

/** Says that the figures are old, when they are, and what to do. */
export function LostBanner({ stream, at }: LostBannerProps): VNode | null {
  if (stream === 'reconnecting') {
    return (
      <p class="banner warn" role="status">
        <b>The dashboard's server does not answer.</b> These figures are of {timeOfDay(at)}; trying again every{' '}
        {RETRY_MS / 1000} s. If this stays, its process has ended: start it again where it ran, the demo with{' '}
        <code>npm start</code>.
      </p>
    )
  }
  if (stream === 'paused') {
    return (
      <p class="banner" role="status">
        <b>Paused.</b> These figures are of {timeOfDay(at)}.
      </p>
    )
  }
  return null
}
