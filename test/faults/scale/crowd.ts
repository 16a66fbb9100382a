// Many providers, all but their servers: one process registers the records. Arguments: registry, first service, end.
import { providerRecord, silent } from '@kumquat/core'
import { open, type Registration, registrar } from '@kumquat/registry'
import { APP, groupOf, MARK, PROVIDERS_EACH, type ScaleOrder, type ScaleWord } from './messages.ts'

/** Registrations on their way at once: a registry is not to be flooded by its start. */
const AT_ONCE = 50

const [registry = '', first = '0', end = '0'] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const store = await open(registry)
const registering = registrar(store, { logger: silent })
const registrations: Registration[] = []
for (let service = Number(first); service < Number(end); service += 1) {
  for (let from = 0; from < PROVIDERS_EACH; from += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => {
      const host = `10.${service}.${(from + i) >> 8}.${(from + i) & 255}`
      return registering.register({ app: APP, group: groupOf(service) }, providerRecord({ host, port: 20_080 }))
    })
    registrations.push(...(await Promise.all(some)))
  }
}
process.on('message', ({ change }: Extract<ScaleOrder, { change: number }>) => {
  const one = registrations[(change * 7_919) % registrations.length]
  void one?.update({ tags: { [MARK]: String(change) } })
})
const tell = (word: ScaleWord): void => void process.send?.(word)
tell({ registered: registrations.length })
