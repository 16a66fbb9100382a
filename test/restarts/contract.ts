import { defineService, method } from '@kumquat/rpc'

type Serve = (id: number) => number

/** What consumers look up. */
export const SHOP = { app: 'shop', group: 'till' } as const

/** Selling twice is two sales; asking for a price twice is nothing. */
export const TILL = defineService({
  ...SHOP,
  methods: { sell: method<Serve>(), price: method<Serve>({ idempotent: true }) },
})
