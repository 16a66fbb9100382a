export type { CatalogEntry } from './dashboard/board.ts'
export { type Dashboard, type DashboardOptions, dashboard } from './dashboard/dashboard.ts'
export type {
  Figures,
  InstanceState,
  InstanceView,
  MethodView,
  Point,
  RegistryView,
  ScrapeView,
  ServiceView,
  Snapshot,
  Tick,
} from './dashboard/model.ts'
export { type Histogram, histogram, mergeHistograms, percentile, record, type SparseHistogram } from './histogram.ts'
export { METRICS, type Metric } from './names.ts'
export { type Observers, observers } from './observers.ts'
export { type Recorder, type RecorderOptions, recorder } from './recorder.ts'
export { OTHER } from './series-table.ts'
export type { CallerStats, SeriesStats, StatsSnapshot } from './stats-snapshot.ts'
export { type StatsdOptions, type StatsdSink, statsd } from './statsd/statsd.ts'
