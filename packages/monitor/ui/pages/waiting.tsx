import type { VNode } from 'preact'
import { Command } from '../parts/command.tsx'
import { Notice } from '../parts/notice.tsx'
import { RETRY_MS, type StreamState } from '../stream.ts'

export interface WaitingProps {
  readonly stream: StreamState
}

/** Before the server's first word. */
export function Waiting({ stream }: WaitingProps): VNode {
  if (stream === 'reconnecting') {
    return (
      <Notice title="The dashboard's server does not answer">
        <p>
          It is asked again every {RETRY_MS / 1000} s, and this page fills in by itself. If this stays, the process that
          serves the dashboard has ended: start it again where it ran. The demo's command is:
        </p>
        <Command text="npm start" />
      </Notice>
    )
  }
  if (stream === 'paused') {
    return (
      <Notice title="Paused">
        <p>Nothing was received before updates were paused. Go on with the switch above.</p>
      </Notice>
    )
  }
  return <p class="mute">Waiting for the first figures …</p>
}
