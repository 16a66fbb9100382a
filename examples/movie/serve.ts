import type { ServiceKey } from '@kumquat/core'
import { recorder } from '@kumquat/monitor'
import { type Provider, type ProviderOptions, provider } from '@kumquat/rpc'
import { MovieCatalog } from './service.ts'

/** Where to find movies. */
export const MOVIES: ServiceKey = { app: 'movie', group: 'catalog' }

/** Provides movies on this machine, with statistics for a dashboard. */
export function serveMovies(options: Omit<ProviderOptions, 'services' | 'observer' | 'stats'>): Promise<Provider> {
  const statistics = recorder()
  return provider({
    host: '127.0.0.1',
    ...options,
    services: [new MovieCatalog()],
    observer: statistics,
    stats: statistics.stats,
  })
}
