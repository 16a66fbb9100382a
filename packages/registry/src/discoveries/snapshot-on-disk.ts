import { type Clock, formatServiceKey, type Logger, silent, systemClock } from '@kumquat/core'
import type { DiscoveryDecorator } from '../discovery.ts'
import { printable } from '../printable.ts'
import type { DecodeOptions } from '../record-codec.ts'
import { recordReader } from '../record-reader.ts'
import type { Sighting } from '../sighting.ts'
import { SnapshotFile } from './snapshot-file.ts'
import { SnapshotWatch } from './snapshot-watch.ts'

export interface SnapshotOnDiskOptions extends DecodeOptions {
  /** Holds one file for each service of each registry. Made when missing, for this user only. */
  readonly folder: string
  /** Tells registries apart, e.g. a URL without credentials. */
  readonly registry: string
  /** How long the registry may take to answer before a snapshot answers in its place. In ms, default 1 000. */
  readonly patienceMs?: number
  /** Time for further changes before a set is written; at least 5 s lie between two writes. In ms, default 500. */
  readonly debounceMs?: number
  readonly clock?: Clock
  readonly logger?: Logger
}

/**
 * Keeps the last set of each service in a file, and begins with that when the registry does not answer: a process may
 * start while the registry is down. The registry is asked again until it answers; from then on its word counts.
 * An empty set is never written. A file that cannot be read or written costs a warning, nothing else.
 */
export function snapshotOnDisk({
  folder,
  registry,
  patienceMs = 1_000,
  debounceMs = 500,
  clock = systemClock,
  logger = silent,
  ...decoding
}: SnapshotOnDiskOptions): DiscoveryDecorator {
  if (folder === '') throw new TypeError('folder "" is no folder; name one, e.g. "./.kumquat/snapshots"')
  let isTroubled = false
  const onError = (error: unknown): void => {
    if (!isTroubled) logger.warn({ folder, error }, `could not write a snapshot into ${printable(folder, 300)}`)
    isTroubled = true
  }
  const restored = async (file: SnapshotFile): Promise<Sighting | undefined> => {
    try {
      const { entries, asOf } = (await file.read()) ?? { entries: [], asOf: 0 }
      const records = recordReader(logger, decoding)(entries)
      if (records.length === 0) return undefined
      return { records, suspects: new Map(), departed: new Set(), source: 'snapshot', asOf }
    } catch (error) {
      logger.warn({ file: file.path, error }, `could not use the snapshot ${printable(file.path, 300)}`)
      return undefined
    }
  }
  return (next) => ({
    async watch(service) {
      const file = new SnapshotFile(folder, registry, service)
      const parts = { file, debounceMs, clock, onError }
      const first = next.watch(service)
      const sighting = (await succeeds(first, patienceMs, clock)) ? undefined : await restored(file)
      if (sighting === undefined) {
        const inner = await first
        const watch = new SnapshotWatch(inner.current, parts)
        watch.follow(inner)
        return watch
      }
      const { records, asOf } = sighting
      const name = formatServiceKey(service)
      logger.warn(
        { service: name, providers: records.length, ageMs: Math.max(0, clock.epoch() - asOf) },
        `${registry} does not answer: ${name} begins with the providers of a snapshot`,
      )
      const watch = new SnapshotWatch(sighting, parts)
      const served = watch.subscribe(({ source }) => {
        if (source !== 'registry') return
        served[Symbol.dispose]()
        logger.info({ service: name }, `${registry} answers: the snapshot of ${name} has served`)
      })
      void watch.followSoon(first, () => next.watch(service))
      return watch
    },
  })
}

/** Whether it resolves within that time. */
function succeeds(work: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(false), { keepAlive: true })
    const end = (success: boolean): void => {
      timer[Symbol.dispose]()
      resolve(success)
    }
    work.then(
      () => end(true),
      () => end(false),
    )
  })
}
