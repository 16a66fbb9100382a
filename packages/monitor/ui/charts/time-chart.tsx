import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { minuteOfDay, timeOfDay } from '../format.ts'
import { describeTimespan } from '../timespan.ts'
import { type Frame, type Line, type Plot, plot } from './plot.ts'

export interface TimeChartProps {
  readonly title: string
  /** What is measured, and in what. Gives way to the time under the pointer. */
  readonly note: string
  readonly lines: readonly Line[]
  readonly frame: Frame
  /** A value in words, with its unit. */
  readonly value: (value: number) => string
}

/** A card with lines over time. Its legend tells the newest values, or those under the pointer. */
export function TimeChart({ title, note, lines, frame, value }: TimeChartProps): VNode {
  const host = useRef<HTMLDivElement>(null)
  const drawing = useRef<Plot>(null)
  const [point, setPoint] = useState<number>()
  useEffect(() => {
    if (host.current === null) return
    const time = (ms: number, withSeconds: boolean): string => (withSeconds ? timeOfDay(ms) : minuteOfDay(ms))
    drawing.current = plot(host.current, { lines, value, time, onPoint: setPoint })
    return () => drawing.current?.dispose()
  }, [])
  useEffect(() => drawing.current?.show(frame), [frame])
  const quiet = frame.rows.every((row) => row.every((reading) => !reading))
  const index = point ?? frame.times.length - 1
  return (
    <section class="card chart">
      <h2>
        {title} <small>{point === undefined ? note : timeOfDay((frame.times[index] ?? 0) * 1000)}</small>
      </h2>
      <dl class="legend">
        {lines.map(({ label, color }, row) => (
          <div key={label}>
            <dt>
              <i style={{ background: `var(${color})` }} aria-hidden="true" />
              {label}
            </dt>
            <dd>{describe(frame.rows[row]?.[index], value)}</dd>
          </div>
        ))}
      </dl>
      <div class="plot">
        <div ref={host} aria-hidden="true" />
        {quiet && <p>no calls, {describeTimespan(frame.span)}</p>}
      </div>
    </section>
  )
}

const describe = (reading: number | null | undefined, value: (value: number) => string): string =>
  reading === null || reading === undefined ? '–' : value(reading)
