import UPlot from 'uplot'
import type { Timespan } from '../timespan.ts'

/** One line of a chart. */
export interface Line {
  readonly label: string
  /** Name of a CSS variable, e.g. `--p50`. */
  readonly color: string
  /** Default false: the area below stays empty. */
  readonly filled?: boolean
}

/** What a chart shows at one moment. */
export interface Frame {
  readonly span: Timespan
  /** In seconds since 1970, as uPlot has it. */
  readonly times: readonly number[]
  /** One row a line; `null` is a gap. */
  readonly rows: readonly (readonly (number | null)[])[]
}

export interface PlotOptions {
  readonly lines: readonly Line[]
  readonly value: (value: number) => string
  readonly time: (ms: number, withSeconds: boolean) => string
  /** The point under the pointer, as an index of the frame; undefined when there is none. */
  readonly onPoint: (index: number | undefined) => void
}

export interface Plot {
  show(frame: Frame): void
  dispose(): void
}

const HEIGHT = 190
const FONT = '11px system-ui, sans-serif'

/** Draws into `host`, follows its width and the theme. The pointers of all plots of the page move together. */
export function plot(host: HTMLElement, { lines, value, time, onPoint }: PlotOptions): Plot {
  let span: Timespan = { from: 0, to: 1 }
  const css =
    (name: string, opacity = 1) =>
    (): string =>
      color(host, name, opacity)
  const axis: UPlot.Axis = {
    stroke: css('--mute'),
    font: FONT,
    grid: { stroke: css('--line'), width: 1 },
    ticks: { show: false },
  }
  const chart = new UPlot(
    {
      width: Math.max(1, host.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      padding: [8, 28, 0, 0],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: 'page' } },
      scales: {
        x: { time: true, range: () => [span.from / 1000, span.to / 1000] },
        y: { range: (_, __, top) => [0, top > 0 ? top * 1.1 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          space: 70,
          incrs: [5, 10, 15, 30, 60, 120, 300],
          splits: (_, __, from, to, step) => multiples(step, from, to),
          values: (_, at, __, ___, step) => at.map((seconds) => time(seconds * 1000, step < 60)),
        },
        {
          ...axis,
          size: (_, labels) => widest(labels),
          space: 34,
          values: (_, at) => at.map((mark) => round(value(mark))),
        },
      ],
      series: [
        {},
        ...lines.map(({ label, color: name, filled = false }) => ({
          label,
          stroke: css(name),
          width: 1.6,
          points: { show: false },
          ...(filled ? { fill: css(name, 0.13) } : {}),
        })),
      ],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
    },
    [[], ...lines.map(() => [])],
    host,
  )
  const size = new ResizeObserver(() => chart.setSize({ width: Math.max(1, host.clientWidth), height: HEIGHT }))
  size.observe(host)
  const theme = new MutationObserver(() => chart.redraw())
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return {
    show: (frame) => {
      span = frame.span
      chart.setData([frame.times, ...frame.rows] as unknown as UPlot.AlignedData)
    },
    dispose: () => {
      size.disconnect()
      theme.disconnect()
      chart.destroy()
    },
  }
}

/** The multiples of `step` between two numbers. uPlot's own go one beyond, out of the picture. */
function multiples(step: number, from: number, to: number): number[] {
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step)
}

/** `5.0 ms` is `5 ms` on an axis: its marks are whole by choice. */
const round = (label: string): string => label.replace(/\.0+(?!\d)/, '')

/** Room for the labels of an axis, in px: digits of the font are about 6.6 wide. */
function widest(labels: readonly string[] | null): number {
  return 14 + 6.6 * Math.max(...(labels ?? []).map(({ length }) => length), 2)
}

/** A canvas knows no CSS variables: lets `host` resolve one, in the theme of the moment. */
function color(host: HTMLElement, name: string, opacity: number): string {
  host.style.color = `color-mix(in srgb, var(${name}) ${opacity * 100}%, transparent)`
  const resolved = getComputedStyle(host).color
  host.style.color = ''
  return resolved
}
