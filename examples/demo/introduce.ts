import type { Fleet } from './fleet.ts'
import type { ProviderView } from './provider-view.ts'
import type { Screen } from './screen.ts'

export interface Introduced {
  readonly fleet: Fleet
  readonly providers: readonly ProviderView[]
  /** For people, and to start a provider with. */
  readonly registry: string
  readonly dashboard: string
}

/** Says who takes part, and from then on who leaves of itself and how to start it again. */
export function introduce({ fleet, providers, registry, dashboard }: Introduced, screen: Screen): void {
  screen.say(`registry ${registry}`)
  screen.say(`dashboard ${dashboard}`)
  for (const provider of providers) screen.say(`provider ${described(provider)}`)
  fleet.subscribe((provider, how) => {
    screen.say(`provider ${described(provider)} ended by itself: ${how}. To start it again:`)
    screen.say(`  ${restartCommand(provider, registry)}`)
  })
}

function described({ address, pid, gray }: ProviderView): string {
  return `${address} pid ${pid} ${gray ? 'gray' : 'stable'}`
}

function restartCommand({ port, gray }: ProviderView, registry: string): string {
  const program = 'node --import tsx --conditions=@kumquat/source examples/movie/provider.ts'
  return `${program} --registry '${registry}' --port ${port}${gray ? ' --gray' : ''}`
}
