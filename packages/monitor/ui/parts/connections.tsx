import { type ComponentChildren, Fragment, type VNode } from 'preact'
import type { RegistryView, ScrapeView, Snapshot } from '../../src/dashboard/model.ts'
import { ago, moment, timeOfDay } from '../format.ts'
import type { StreamState } from '../stream.ts'
import { STREAM_WORDS } from './stream-words.ts'

export interface ConnectionsProps {
  readonly snapshot: Snapshot | undefined
  readonly stream: StreamState
}

type Light = 'ok' | 'warn' | 'bad' | 'off'

const STREAM_LIGHTS: Readonly<Record<StreamState, Light>> = {
  connecting: 'off',
  live: 'ok',
  reconnecting: 'warn',
  paused: 'off',
}

/** The truth about the three lines that the figures come over. */
export function Connections({ snapshot, stream }: ConnectionsProps): VNode {
  return (
    <dl class="connections">
      {snapshot !== undefined && <Registry registry={snapshot.registry} at={snapshot.at} />}
      {snapshot !== undefined && <Statistics scrape={snapshot.scrape} at={snapshot.at} />}
      <Line light={STREAM_LIGHTS[stream]} name="Updates" state={STREAM_WORDS[stream]}>
        {snapshot === undefined ? 'nothing received yet' : `figures of ${timeOfDay(snapshot.at)}`}
      </Line>
    </dl>
  )
}

function Registry({ registry: { url, state, since }, at }: { registry: RegistryView; at: number }): VNode {
  const light = state === 'connected' ? 'ok' : state === 'suspended' ? 'warn' : 'bad'
  return (
    <Line light={light} name="Registry" state={state}>
      <Url url={url} />
      <span>since {moment(since, at)}</span>
    </Line>
  )
}

/** Breaks where an address may break: after the scheme, between servers and before the path. */
function Url({ url }: { url: string }): VNode {
  return (
    <span class="url">
      {url.split(/(?<=\/\/|,)|(?=\/[^/])/).map((part) => (
        <Fragment key={part}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  )
}

function Statistics({ scrape, at }: { scrape: ScrapeView; at: number }): VNode {
  if (scrape.at === null) {
    return (
      <Line light="off" name="Statistics" state="not asked yet">
        the first round is under way
      </Line>
    )
  }
  const { answered, asked } = scrape
  const light = asked === 0 ? 'off' : answered === asked ? 'ok' : answered > 0 ? 'warn' : 'bad'
  return (
    <Line light={light} name="Statistics" state={`${answered}/${asked}`}>
      {asked === 0 ? 'nobody to ask' : `answered ${ago(at - scrape.at)}`}
    </Line>
  )
}

interface LineProps {
  readonly light: Light
  readonly name: string
  readonly state: string
  readonly children: ComponentChildren
}

function Line({ light, name, state, children }: LineProps): VNode {
  return (
    <div>
      <dt>
        <i class={`light ${light}`} aria-hidden="true" />
        {name}
      </dt>
      <dd>{state}</dd>
      <dd class="detail">{children}</dd>
    </div>
  )
}
