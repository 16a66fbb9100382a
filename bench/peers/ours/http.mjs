import { over } from './whole-stack.mjs'

export { serve } from './whole-stack.mjs'
export const connect = over('http')
