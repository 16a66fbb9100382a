// A program that a first interruption does not end.
import { systemClock } from '@kumquat/core'
import { interruption } from '../../examples/demo/interruption.ts'

interruption(systemClock).addEventListener('abort', () => process.send?.('interrupted'))
// Listening keeps it alive.
process.once('disconnect', () => process.exit())
process.send?.('ready')
