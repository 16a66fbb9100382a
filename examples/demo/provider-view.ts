/** What is known of one provider process of the demo. */
export interface ProviderView {
  readonly address: string
  readonly port: number
  readonly pid: number
  readonly gray: boolean
  readonly state: ProviderState
}

/**
 * `up`: registered. `silent`: its process runs, and the registry does not list it. `gone`: its process has ended.
 * `restarted`: its process has ended, and another has registered under its address.
 */
export type ProviderState = 'up' | 'silent' | 'gone' | 'restarted'

export function providerState(facts: { readonly running: boolean; readonly registered: boolean }): ProviderState {
  if (facts.running) return facts.registered ? 'up' : 'silent'
  return facts.registered ? 'restarted' : 'gone'
}
