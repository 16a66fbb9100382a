import { type Contract, defineService, type MethodMark, method } from '@kumquat/rpc'

/** What the processes of the rig call of one another. */
export const ECHO: Contract<{ readonly echo: MethodMark<(n: number) => number> }> = defineService({
  app: 'faults',
  group: 'echo',
  methods: { echo: method<(n: number) => number>({ idempotent: true }) },
})
