import { parseArgs } from 'node:util'
import { readBaseline, writeBaseline } from './guard/baseline.ts'
import { groups } from './guard/groups.ts'
import { built } from './parts/built.ts'
import { median, rounded } from './parts/numbers.ts'
import { COMMON } from './parts/options.ts'
import { type Promised, promised } from './parts/promised.ts'
import { report, type Table } from './parts/report.ts'

// Whether something became slower: ratios of costs beside those of bench/guard/baseline.json. What seems worse is measured
// once more before it is believed.

const { values } = parseArgs({
  options: {
    ...COMMON,
    /** Makes the median of three runs the baseline. */
    update: { type: 'boolean', default: false },
  },
})
const { quick, json, update } = values
built()

const baseline = readBaseline()
/** Nothing is worse than what nobody has measured yet. */
const allowed = (name: string, tolerance: number): number => {
  const known = baseline.ratios[name]
  return known === undefined ? Number.POSITIVE_INFINITY : known * (1 + tolerance)
}
const measured: Record<string, number> = {}
const held: Promised[] = []
const rows: Table['rows'][number][] = []
for (const { tolerance, measure } of groups({ quick })) {
  const runs = [await measure()]
  const isWorse = Object.entries(runs[0]!).some(([name, ratio]) => ratio > allowed(name, tolerance))
  if (isWorse && !quick && !update) runs.push(await measure())
  if (update && !quick) runs.push(await measure(), await measure())
  for (const name of Object.keys(runs[0]!)) {
    const all = runs.map((run) => run[name]!)
    const ratio = rounded(update ? median(all) : Math.min(...all), 3)
    const was = baseline.ratios[name]
    measured[name] = ratio
    if (was !== undefined) held.push(promised(name, ratio, { most: rounded(allowed(name, tolerance), 3) }))
    rows.push({
      ...{ ratio: name, measured: ratio, baseline: was ?? 'none' },
      'change %': was === undefined ? '' : rounded((100 * ratio) / was - 100),
      'allowed %': 100 * tolerance,
    })
  }
}
if (update && !quick) writeBaseline(measured)

report({
  suite: 'guard',
  how: `Ratios of costs, less is better; the baseline is of node ${baseline.node}. Accept what is measured with \`--update\`.`,
  tables: [{ title: 'Ratios', rows }],
  promised: update ? [] : held,
  ...{ json, quick },
})
