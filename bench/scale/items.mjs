import { defineService, method } from '@kumquat/rpc'

/** The services of the bench, each as the one of the other benches. */
export const itemsOf = (n) =>
  defineService({ app: 'bench', group: `items-${n}`, methods: { getItem: method({ idempotent: true }) } })
