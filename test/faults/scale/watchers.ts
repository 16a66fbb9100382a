// Consumers, each of which watches every service of the crowd. Arguments: registry, how many.
import { silent, systemClock } from '@kumquat/core'
import { consumer } from '@kumquat/rpc'
import { NO_CALLS } from '../processes/messages.ts'
import { vitals } from '../processes/vitals.ts'
import { APP, groupOf, MARK, PROVIDERS, type ScaleOrder, type ScaleWord, SERVICES } from './messages.ts'

const [registry = '', count = '1'] = process.argv.slice(2)
const tell = (word: ScaleWord): void => void process.send?.(word, undefined, undefined, () => {})

process.on('disconnect', () => process.exit())
for (let i = 0; i < Number(count); i += 1) await watchAll()
process.on('message', (_order: ScaleOrder) => {
  const { rssBytes, childrenRssBytes } = vitals(NO_CALLS)
  tell({ rssBytes, childrenRssBytes })
})
tell({ watching: true })

async function watchAll(): Promise<void> {
  const startedAt = systemClock.now()
  const consuming = await consumer({ registry, logger: silent, timeoutMs: 60_000 })
  const counts = Array.from({ length: SERVICES }, () => 0)
  let isFull = false
  let lastSeen = -1
  for (let service = 0; service < SERVICES; service += 1) {
    consuming.peers({ app: APP, group: groupOf(service) }).subscribe((peers) => {
      counts[service] = peers.length
      const marks = peers.map(({ record }) => Number(record.tags[MARK] ?? -1))
      const mark = Math.max(...marks)
      if (mark > lastSeen) {
        lastSeen = mark
        tell({ seen: mark })
      }
      if (isFull || counts.reduce((sum, one) => sum + one, 0) < PROVIDERS) return
      isFull = true
      tell({ fullMs: systemClock.now() - startedAt })
    })
  }
}
