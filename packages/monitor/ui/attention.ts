import type { InstanceView, ServiceView, Snapshot } from '../src/dashboard/model.ts'
import { moment, percent, plain } from './format.ts'
import { href } from './router.ts'

/** A part of failed calls above this is a concern. */
export const ERROR_LIMIT = 0.01

/** One thing that somebody should look at, as a sentence. Made of real state only. */
export interface Concern {
  readonly tone: 'bad' | 'warn'
  /** One word: what is the matter. */
  readonly label: string
  readonly subject: string
  /** Where to see more. */
  readonly href?: string
  readonly sentence: string
}

/** What needs attention now, the worst first. */
export function attention(snapshot: Snapshot): readonly Concern[] {
  const concerns = [...ofRegistry(snapshot), ...snapshot.services.flatMap(ofService)]
  return [...concerns.filter(({ tone }) => tone === 'bad'), ...concerns.filter(({ tone }) => tone === 'warn')]
}

function ofRegistry({ registry, at }: Snapshot): readonly Concern[] {
  if (registry.state === 'connected') return []
  const since = `since ${moment(registry.since, at)}`
  return [
    {
      tone: registry.state === 'suspended' ? 'warn' : 'bad',
      label: 'registry',
      subject: registry.url,
      sentence: `The line is ${registry.state} ${since}: instances are those last seen, arrivals and departures are not noticed.`,
    },
  ]
}

function ofService(service: ServiceView): readonly Concern[] {
  const { instances, errorRatio } = service
  const common = { subject: service.key, href: href({ page: 'service', key: service.key }) }
  const down = instances.filter(({ state }) => state === 'down')
  const suspect = instances.filter(({ state }) => state === 'suspect')
  const part = (some: readonly InstanceView[]): string => `${some.length} of ${instances.length}`
  const concerns: Concern[] = []
  if (down.length > 0) {
    const sentence = `${part(down)} instances did not answer three times in a row: ${names(down)}.`
    concerns.push({ ...common, tone: 'bad', label: 'down', sentence })
  }
  if (suspect.length > 0) {
    const sentence = `${part(suspect)} instances did not answer the last time: ${names(suspect)}.`
    concerns.push({ ...common, tone: 'warn', label: 'suspect', sentence })
  }
  if (errorRatio > ERROR_LIMIT) {
    const sentence = `${plain(percent(errorRatio))} of the calls of the last 10 s failed (limit ${plain(percent(ERROR_LIMIT))}).`
    concerns.push({ ...common, tone: 'bad', label: 'errors', sentence })
  }
  return concerns
}

function names(instances: readonly InstanceView[]): string {
  const shown = instances.slice(0, 3).map(({ id }) => id)
  return instances.length > shown.length ? `${shown.join(', ')} and others` : shown.join(', ')
}
