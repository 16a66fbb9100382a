import type { VNode } from 'preact'
import type { Snapshot } from '../../src/dashboard/model.ts'
import { count, percent, plain } from '../format.ts'
import { FigureTiles } from './figure-tiles.tsx'
import { countUp } from './health.tsx'
import { InstancesTile } from './instances-tile.tsx'
import { Tile } from './tile.tsx'

export interface OverviewTilesProps {
  readonly snapshot: Snapshot
}

/** Five figures of everything together. */
export function OverviewTiles({ snapshot }: OverviewTilesProps): VNode {
  const { services, totals, history, at } = snapshot
  const instances = services.flatMap((service) => service.instances)
  const up = countUp(instances)
  const gray = instances.filter((instance) => instance.gray).length
  return (
    <div class="tiles">
      <Tile title="Services" figure={count(services.length)}>
        {plural(new Set(services.map(({ app }) => app)).size, 'app')} ·{' '}
        {plural(services.flatMap(({ methods }) => methods).length, 'method')}
      </Tile>
      <FigureTiles figures={totals} history={history} at={at} errorNote={worst(snapshot)} />
      <InstancesTile instances={instances}>
        {up === instances.length ? 'all answer' : `${count(instances.length - up)} not answering`} · {count(gray)} gray
      </InstancesTile>
    </div>
  )
}

/** Where most of the errors are. */
function worst({ services }: Snapshot): string {
  const [first] = services.toSorted((a, b) => b.errorRatio - a.errorRatio)
  if (first === undefined || first.errorRatio === 0) return 'in the last 10 s'
  return `${first.key} ${plain(percent(first.errorRatio))}`
}

const plural = (number: number, one: string): string => `${count(number)} ${one}${number === 1 ? '' : 's'}`
