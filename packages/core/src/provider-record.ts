/** Relative share of traffic of a provider that says nothing of it. The only place this number stands. */
export const DEFAULT_WEIGHT = 100
export const MAX_WEIGHT = 10_000

/** What one provider advertises of itself. Pure data, equal by value; `id` is its identity over time. */
export interface ProviderRecord {
  /** `host:port`, unique within one service key. An IPv6 host stands in brackets. */
  readonly id: string
  /** Address without brackets. */
  readonly host: string
  readonly port: number
  /** Empty when unknown. */
  readonly version: string
  /** Absent when unknown: then any method may be asked of it. */
  readonly methods?: readonly string[]
  /** Whether the provider belongs to the gray lane, in which a release is tried. */
  readonly gray: boolean
  /** 0 to 10 000, default 100; 0 takes the provider out of rotation. */
  readonly weight: number
  /** Time over which the weight grows to its full value after a start. 0 = at once. */
  readonly warmupMs: number
  /** Wall clock of the provider, in ms since 1970. 0 when unknown. Never compared with another machine's clock. */
  readonly startedAt: number
  readonly zone: string
  readonly tags: Readonly<Record<string, string>>
  /** Transports it speaks, the preferred one first. */
  readonly transports: readonly string[]
  /** Hash of its contract, a name under `/_contracts`. */
  readonly contract?: string
  readonly author: string
  readonly description: string
}

/** A record with every default in place. */
export function providerRecord(known: Partial<ProviderRecord> & Pick<ProviderRecord, 'host' | 'port'>): ProviderRecord {
  return {
    version: '',
    gray: false,
    weight: DEFAULT_WEIGHT,
    warmupMs: 0,
    startedAt: 0,
    zone: '',
    tags: {},
    transports: ['http'],
    author: '',
    description: '',
    ...known,
    id: formatAddress(known),
  }
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: Pick<ProviderRecord, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether two records say the same. */
export function sameRecord(a: ProviderRecord, b: ProviderRecord): boolean {
  return a === b || canonical(a) === canonical(b)
}

function canonical(record: ProviderRecord): string {
  return JSON.stringify(Object.entries({ ...record, tags: Object.entries(record.tags).sort() }).sort(byKey))
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1)
