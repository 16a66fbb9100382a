import { type Clock, filteredStream, formatAddress, type Logger, type ServiceKey, uniqueId } from '@kumquat/core'
import { registrar } from '@kumquat/registry'
import { publishContracts } from '../contract/published/publish-contracts.ts'
import { aroundServing } from '../filters/order.ts'
import { accessRegistry, type RegistryAccess } from '../registry-access.ts'
import { streamListen } from '../stream/stream-listen.ts'
import { bothKinds } from '../streaming/both-kinds.ts'
import { streamThrough } from '../streaming/stream-through.ts'
import type { Listener, ServedCall, ServedStream } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'
import { type Address, advertisedAddress } from './advertise.ts'
import { dispatch } from './dispatch.ts'
import { dispatchStream } from './dispatch-stream.ts'
import { goodbye } from './goodbye.ts'
import { healthCheck } from './health-check.ts'
import { isProduction } from './is-production.ts'
import { type Enter, Presence } from './presence.ts'
import {
  type Advertised,
  assertAdvertised,
  assertProviderOptions,
  offersOf,
  type ProviderOptions,
  recordsOf,
  saidIn,
} from './provider-options.ts'
import { refuseLoopback } from './refuse-loopback.ts'
import { registerWhen } from './register-when.ts'
import { registerAll } from './registrations.ts'

/** Options whose environment is settled. */
export type CompleteOptions = ProviderOptions & { readonly clock: Clock; readonly logger: Logger }

/** What has been started, from bound to stopped. */
export interface Started {
  readonly address: string
  readonly port: number
  readonly services: readonly ServiceKey[]
  readonly presence: Presence
  register(): Promise<void>
  unregister(): Promise<void>
  update(change: Advertised): Promise<void>
  stop(): Promise<void>
}

/**
 * Binds, asks after its health, and registers if that is wanted now; undoes it all if one fails. Once `quit` aborts it does not
 * register any more, but resolves with what there is to stop.
 */
export async function start(options: CompleteOptions, quit: AbortSignal): Promise<Started> {
  const { clock, logger, host = '127.0.0.1', port = 0, maxBodyBytes = 1_048_576 } = options
  const {
    listen = streamListen(),
    filters = [],
    streamFilters = [],
    observer,
    stats,
    health,
    register = 'now',
  } = options
  const { validateReplies = !isProduction() } = options
  const offers = offersOf(options)
  assertProviderOptions(options)
  // Before anything is done; of a server that is there already, only it knows where it listens.
  if (options.listen === undefined) await assertMeant(options, addressOf(options, { port: port || 1 }))

  const access = await accessRegistry(options.registry, { clock, logger })
  const dispatching = { offers, logger, validateReplies }
  const stream = filteredStream<ServedStream>(dispatchStream(dispatching), streamFilters)
  const ends = bothKinds<ServedCall>({ invoke: dispatch(dispatching), stream })
  const serve = aroundServing(clock, filters, options)(ends)
  const serveStream = streamThrough<ServedStream>(serve, { clock })
  let presence: Presence | undefined
  const listener = await listen({
    ...{ host, port, offers, serve, serveStream, instance: uniqueId(), maxBodyBytes, clock, logger },
    readiness: () => presence?.readiness ?? 'starting',
    ...(observer && { observer }),
    ...(stats && { stats }),
  }).catch(after(access))

  const address = addressOf(options, listener)
  await assertMeant(options, address).catch(after(listener, access))
  const records = recordsOf(offers, options, address, { startedAt: clock.epoch(), transports: listener.transports })
  const present = new Presence({ records, enter: entrance(options, access), isWell: !health, clock, logger })
  presence = present
  quit.addEventListener('abort', () => void present[Symbol.asyncDispose](), { once: true })
  const checking = health && healthCheck(health, { told: (isWell) => present.feel(isWell), clock, logger })
  const publishing = publishContracts(
    offers.map(({ published }) => published),
    { store: access.store, timeoutMs: options.registerTimeoutMs ?? 5_000, clock, logger },
  )
  await checking?.judged
  if (register === 'now' && !quit.aborted) {
    await present.registerOnce().catch(async (error: unknown) => {
      if (quit.aborted) return
      checking?.[Symbol.dispose]()
      await after(present, listener, access)(error)
    })
    if (!quit.aborted) await publishing
  }
  const later = registerWhen(register, { presence: present, clock, logger })

  let leaving: Promise<void> | undefined
  return {
    address: formatAddress(address),
    port: listener.port,
    services: records.map(({ service }) => service),
    presence: present,
    async register() {
      later[Symbol.dispose]()
      await present.register()
    },
    async unregister() {
      later[Symbol.dispose]()
      await present.unregister()
    },
    async update(change) {
      assertAdvertised(change)
      await present.update(saidIn(change))
    },
    stop() {
      later[Symbol.dispose]()
      checking?.[Symbol.dispose]()
      leaving ??= leave(options, { listener, presence: present, access })
      return leaving
    },
  }
}

function addressOf({ host: asked, advertise }: ProviderOptions, { host = asked ?? '127.0.0.1', port }: Bound): Address {
  return advertisedAddress({ bound: { host, port }, ...(advertise !== undefined && { advertise }) })
}

type Bound = Pick<Listener, 'host' | 'port'>

async function assertMeant({ registry, advertise, allowLoopback }: ProviderOptions, { host }: Address): Promise<void> {
  refuseLoopback({ host, registry, isMeant: allowLoopback ?? advertise !== undefined })
}

function entrance(
  { clock, logger, registerTimeoutMs: timeoutMs = 5_000 }: CompleteOptions,
  { store, name: registryName }: RegistryAccess,
): Enter {
  const registering = {
    registrar: registrar(store, { logger }),
    session: store.session,
    registryName,
    timeoutMs,
    clock,
  }
  return (records, signal) => registerAll({ ...registering, records, signal })
}

interface Parts {
  readonly listener: Listener
  readonly presence: Presence
  readonly access: RegistryAccess
}

async function leave(options: CompleteOptions, { listener, presence, access }: Parts): Promise<void> {
  const { quietMs = 1_000, noticeMs = 10_000, drainTimeoutMs = 15_000, clock, logger } = options
  try {
    await goodbye({ listener, registrations: [presence], quietMs, noticeMs, drainTimeoutMs, clock, logger })
  } finally {
    const otherwise = (): Error => new Error(`${access.name} did not close within ${CLOSE_MS} ms`)
    await bounded(closed(access), { clock, ms: CLOSE_MS, otherwise }).catch((error: unknown) => {
      logger.warn({ error }, 'gone without having closed the registry')
    })
  }
}

const CLOSE_MS = 1_000

const closed = async (access: RegistryAccess): Promise<void> => await access[Symbol.asyncDispose]()

/** Undoes what had been done when a later step failed, and fails with that. */
function after(...done: readonly AsyncDisposable[]): (error: unknown) => Promise<never> {
  return async (error) => {
    for (const one of done) await one[Symbol.asyncDispose]()
    throw error
  }
}
