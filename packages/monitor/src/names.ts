/** One metric: what it is called and what it means. */
export interface Metric {
  readonly type: 'timing' | 'counter' | 'gauge'
  /** `server`: of a provider. `client`: of a consumer. `process`: of the counting itself. */
  readonly side: 'server' | 'client' | 'process'
  readonly unit: 'ms' | '1'
  /** What its values are told apart by. Never an instance or a host: those would multiply the names. */
  readonly tags: readonly string[]
  /** Where it stands in `GET /_kumquat/stats`. */
  readonly stats: string
  /** Its name at a statsd server below the prefix; absent when it is not sent there. */
  readonly statsd?: string
  readonly meaning: string
}

/** Every metric there is, by name. `docs/reference/metrics.md` is held to this list by a test. */
export const METRICS: Readonly<Record<string, Metric>> = {
  'server.call.duration': {
    type: 'timing',
    side: 'server',
    unit: 'ms',
    tags: ['app', 'group', 'method', 'lane'],
    stats: 'series[kind=served].histogram',
    statsd: 'server.<app>.<group>.<method>.call_duration',
    meaning: 'Response time: from a request entering the provider to the headers of its reply being written.',
  },
  'server.calls': {
    type: 'counter',
    side: 'server',
    unit: '1',
    tags: ['app', 'group', 'method', 'lane', 'code'],
    stats: 'series[kind=served].codes',
    statsd: 'server.<app>.<group>.<method>.calls.<code>',
    meaning: 'Requests answered, by code; `ok` among them.',
  },
  'server.inflight': {
    type: 'gauge',
    side: 'server',
    unit: '1',
    tags: ['app', 'group', 'method', 'lane'],
    stats: 'series[kind=served].inFlight',
    statsd: 'server.<app>.<group>.<method>.inflight',
    meaning: 'Requests that have entered and are not answered.',
  },
  'server.callers': {
    type: 'counter',
    side: 'server',
    unit: '1',
    tags: ['app', 'group', 'caller'],
    stats: 'callers[].calls, callers[].errors',
    meaning: 'Requests answered, by the app that asked: the edges of the map.',
  },
  'client.call.duration': {
    type: 'timing',
    side: 'client',
    unit: 'ms',
    tags: ['app', 'group', 'method', 'lane'],
    stats: 'series[kind=call].histogram',
    statsd: 'client.<app>.<group>.<method>.call_duration',
    meaning: 'A whole call, as the user of a stub sees it: all attempts and the pauses between them inside.',
  },
  'client.calls': {
    type: 'counter',
    side: 'client',
    unit: '1',
    tags: ['app', 'group', 'method', 'lane', 'code'],
    stats: 'series[kind=call].codes',
    statsd: 'client.<app>.<group>.<method>.calls.<code>',
    meaning: 'Calls made, by the code they ended with after all attempts.',
  },
  'client.inflight': {
    type: 'gauge',
    side: 'client',
    unit: '1',
    tags: ['app', 'group', 'method', 'lane'],
    stats: 'series[kind=call].inFlight',
    statsd: 'client.<app>.<group>.<method>.inflight',
    meaning: 'Calls begun and not ended.',
  },
  'client.retries': {
    type: 'counter',
    side: 'client',
    unit: '1',
    tags: ['app', 'group', 'method', 'lane'],
    stats: 'series[kind=attempt].retries',
    statsd: 'client.<app>.<group>.<method>.retries',
    meaning: 'Attempts beyond the first of their call.',
  },
  'client.attempt.duration': {
    type: 'timing',
    side: 'client',
    unit: 'ms',
    tags: ['app', 'group', 'method', 'lane'],
    stats: 'series[kind=attempt].histogram',
    meaning: 'One attempt at one provider.',
  },
  'client.attempts': {
    type: 'counter',
    side: 'client',
    unit: '1',
    tags: ['app', 'group', 'method', 'lane', 'code'],
    stats: 'series[kind=attempt].codes',
    meaning: 'Attempts made, by code. More of them than calls: something failed and was tried again.',
  },
  'monitor.dropped': {
    type: 'counter',
    side: 'process',
    unit: '1',
    tags: ['why'],
    stats: 'dropped',
    statsd: 'monitor.dropped.<why>',
    meaning:
      'What could not be counted as it should: `series`, observations put under `_OTHER` because there were too many names; `backlog`, statsd lines beyond the buffer; `udp_error`, statsd packets that could not be sent.',
  },
}
