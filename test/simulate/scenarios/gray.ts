import { grayLane } from '@kumquat/cluster'
import { Cell, GRAY_LANE } from '@kumquat/core'
import { keyed } from '../peers.ts'
import { exactly, figure, type Scenario, within } from '../scenario.ts'

const KEYS = 100_000
const PERCENTS = [0, 10, 20, 50, 100]

/** A release for ever more of the users: who has it keeps it, and it is as many as were meant. */
export const gray: Scenario = {
  name: 'gray',
  async run(seed) {
    const rule = new Cell({ percent: 0, key: 'arguments[0]', salt: `release ${seed}` })
    const lane = grayLane(rule)
    const chosen = (): readonly string[] =>
      Array.from({ length: KEYS }, (_, i) => `user ${i}`).filter((user) => lane(keyed(user)).lane === GRAY_LANE)
    const figures = []
    let before: readonly string[] = []
    let again = 0
    let left = 0
    for (const percent of PERCENTS) {
      rule.set({ ...rule.current, percent })
      const now = new Set(chosen())
      again += chosen().filter((user) => !now.has(user)).length
      left += before.filter((user) => !now.has(user)).length
      before = [...now]
      const share = (100 * now.size) / KEYS
      const bound = percent === 0 || percent === 100 ? exactly(percent) : within(percent - 0.5, percent + 0.5)
      figures.push(figure(`${percent} %`, 'users in the gray lane, %', share, bound))
    }
    figures.push(figure('asked twice', 'users with another answer', again, exactly(0)))
    figures.push(figure('raised four times', 'users that lost the release', left, exactly(0)))
    return figures
  },
}
