import { getEventListeners } from 'node:events'

/** How many wait for a signal to abort. */
export const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length
