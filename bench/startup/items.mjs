import { defineService, method } from '@kumquat/rpc'

export const items = defineService({ app: 'bench', group: 'items', methods: { getItem: method({ idempotent: true }) } })
