/** What the rig orders a process of the scale test. */
export type ScaleOrder =
  /** A crowd: puts this number into the tags of one of its providers. */
  | { readonly change: number }
  /** Watchers: measure. */
  | { readonly measure: true }

/** What such a process tells. */
export type ScaleWord =
  /** A crowd: all its providers are registered. */
  | { readonly registered: number }
  /** Watchers: one of them has every provider, this long after its start. */
  | { readonly fullMs: number }
  /** Watchers: one of them has seen this change. */
  | { readonly seen: number }
  | { readonly rssBytes: number; readonly childrenRssBytes: number }
  /** Watchers: they have asked for everything. */
  | { readonly watching: true }

/** The crowd: 10 000 providers in 100 services. */
export const SERVICES = 100
export const PROVIDERS_EACH = 100
export const PROVIDERS: number = SERVICES * PROVIDERS_EACH

export const APP = 'crowd'
export const groupOf = (service: number): string => `service-${service}`
/** The tag that a change is put into. */
export const MARK = 'mark'
