import type { JSX } from 'solid-js'
import { createEffect, on, onCleanup, onMount } from 'solid-js'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

const MINUTE_S = 60
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

/** Orders placed in each minute of the last hour, as bars. */
export function MinuteChart(props: {
  readonly perMinute: readonly number[]
  /** The time of the last of them, which is still running. */
  readonly at: string | undefined
}): JSX.Element {
  let host!: HTMLDivElement
  onMount(() => {
    let chart = draw(host, data(props))
    let bare = isBare(host)
    const watch = new ResizeObserver(() => {
      if (isBare(host) === bare) {
        chart.setSize({ width: host.clientWidth, height: host.clientHeight })
      } else {
        bare = isBare(host)
        redraw()
      }
    })
    watch.observe(host)
    createEffect(
      on(
        () => data(props),
        (next) => chart.setData(next),
        { defer: true },
      ),
    )
    // Colours are read when it is drawn.
    const dark = window.matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => {
      chart.destroy()
      chart = draw(host, data(props))
    }
    dark.addEventListener('change', redraw)
    onCleanup(() => {
      dark.removeEventListener('change', redraw)
      watch.disconnect()
      chart.destroy()
    })
  })
  return <div ref={(element) => (host = element)} class="h-full" data-chart />
}

/** So low that axes would leave no room for the bars. */
function isBare(host: HTMLElement): boolean {
  return host.clientHeight < 48
}

function data({
  perMinute,
  at,
}: {
  readonly perMinute: readonly number[]
  readonly at: string | undefined
}): uPlot.AlignedData {
  const last = Math.floor((at === undefined ? 0 : Date.parse(at) / 1_000) / MINUTE_S) * MINUTE_S
  const first = last - (perMinute.length - 1) * MINUTE_S
  return [perMinute.map((_, index) => first + index * MINUTE_S), [...perMinute]]
}

function draw(host: HTMLElement, shown: uPlot.AlignedData): uPlot {
  const colour = (name: string) => getComputedStyle(host).getPropertyValue(name).trim()
  const bars = uPlot.paths.bars?.({ size: [0.7, 12], radius: 0.2 })
  const show = !isBare(host)
  const axis = { show, stroke: colour('--ink-faint'), font: '11px system-ui, sans-serif' }
  return new uPlot(
    {
      width: host.clientWidth,
      height: host.clientHeight,
      legend: { show: false },
      cursor: { show: false },
      // On the right half of a time, should it stand below the last bar.
      padding: show ? [6, 18, 0, 0] : [0, 0, 0, 0],
      scales: {
        // Half a minute more on both sides: a bar stands around its minute.
        x: { range: (_, first, last) => [first - MINUTE_S / 2, last + MINUTE_S / 2] },
        y: { range: (_, __, most) => [0, Math.max(4, most)] },
      },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          grid: { show: false },
          ticks: { show: false },
          space: 90,
          values: (_, seconds) => seconds.map((second) => TIME.format(second * 1_000)),
        },
        {
          ...axis,
          size: 30,
          gap: 4,
          ticks: { show: false },
          grid: { stroke: colour('--line'), width: 1 },
          space: 24,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
        },
      ],
      series: [
        {},
        {
          fill: colour('--accent'),
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars }),
        },
      ],
    },
    shown,
    host,
  )
}
