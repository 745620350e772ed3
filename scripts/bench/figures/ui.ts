import { buildUi } from '../../../ui/e2e/browser'
import type { Bench } from '../lib/bench'
import { median, quantile } from '../lib/median'
import type { Figure, Limit, Note, Report } from '../lib/report'
import { formatNumber } from '../lib/table'
import type { InputNote } from '../pages/probe'
import { measureDownload } from './ui-download'
import { runBoard } from './ui-run'
import type { BoardKind, BoardRun, BusyRun } from './ui-run'

/** How many times slower the page's main thread is made. */
const SLOWED = 4
const PER_SECOND = 500
const CALM_PER_SECOND = 20
const LONG_FRAME_MS = 50
const INPUT_LIMIT_MS = 100
const INPUTS = ['click', 'key', 'scroll'] as const satisfies readonly InputNote['kind'][]

const AIM_NONE: Limit = { atMost: 0, of: 'ours' }
const AIM_INPUT: Limit = { atMost: INPUT_LIMIT_MS, of: 'ours' }

/** What staff and customers have of the UI, in a real browser whose main thread is slowed. */
export async function ui(bench: Bench): Promise<Report> {
  await buildUi()
  const download = await measureDownload()
  const board = await compareBoards(bench)
  return {
    figures: [...board.figures, ...download.figures],
    notes: [...board.notes, ...download.notes],
  }
}

async function compareBoards(bench: Bench): Promise<Report> {
  const { runs, boardOrders, boardSeconds, paintSeconds } = bench.scale
  const run = async (kind: BoardKind, orders = boardOrders): Promise<BoardRun> => {
    const measured = await runBoard(kind, {
      orders,
      perSecond: PER_SECOND,
      seconds: boardSeconds,
      paintSeconds,
      calmPerSecond: CALM_PER_SECOND,
      slowed: SLOWED,
      ours: bench.ours,
    })
    bench.progress(`ui, board of ${formatNumber(orders)}, ${kind}: ${summaryOf(measured)}`)
    return measured
  }
  const ours: BoardRun[] = []
  const bare: BoardRun[] = []
  for (let number = 0; number < runs; number++) {
    ours.push(await run('ours'))
    bare.push(await run('bare'))
  }
  const ownSocket = await run('own socket')
  const many = await run('ours', bench.scale.boardManyOrders)

  const figure = (
    name: string,
    unit: string,
    valueOf: (run: BoardRun) => number,
    limit: Limit | null = null,
  ): Figure => ({
    name: `ui: board, ${name}`,
    unit,
    peer: 'bare DOM',
    ours: ours.map(valueOf),
    peers: bare.map(valueOf),
    limit,
    delivered: null,
    expected: null,
  })
  const inputFigures = INPUTS.flatMap((kind) => [
    figure(`${kind}, worst`, 'ms', (run) => Math.max(...delaysOf(run.busy, kind)), AIM_INPUT),
    figure(`${kind}, p98`, 'ms', (run) => quantile(delaysOf(run.busy, kind), 0.98), AIM_INPUT),
  ])
  const figures = [
    figure(`frames over ${LONG_FRAME_MS} ms`, 'frames', (run) => longFrames(run.busy), AIM_NONE),
    figure('worst frame', 'ms', (run) => Math.max(...framesOf(run.busy))),
    figure('scripting', 'ms/s', (run) => perSecond(run.busy, run.busy.thread.scriptMs)),
    figure('main thread busy', 'ms/s', (run) => perSecond(run.busy, run.busy.thread.taskMs)),
    ...inputFigures,
    figure(`durable → painted, ${CALM_PER_SECOND}/s, p50`, 'ms', paint('calmPaintMs', 0.5)),
    figure(`durable → painted, ${CALM_PER_SECOND}/s, p99`, 'ms', paint('calmPaintMs', 0.99)),
    figure(`durable → painted, ${PER_SECOND}/s, p50`, 'ms', paint('busyPaintMs', 0.5)),
    figure(`durable → painted, ${PER_SECOND}/s, p99`, 'ms', paint('busyPaintMs', 0.99)),
    figure('heap of the page', 'MB', (run) => run.heapBytes / 1e6),
  ]
  return { figures, notes: notesOf(bench, { ours, bare, ownSocket, many }) }
}

function notesOf(
  { scale }: Bench,
  runs: {
    readonly ours: readonly BoardRun[]
    readonly bare: readonly BoardRun[]
    readonly ownSocket: BoardRun
    readonly many: BoardRun
  },
): readonly Note[] {
  const shares = (of: readonly BoardRun[]): string => {
    const share = (valueOf: (run: BusyRun) => number): string =>
      `${Math.round(median(of.map(({ busy }) => perSecond(busy, valueOf(busy)))) / 10)} %`
    return (
      `server and its load ${share((run) => run.update.cpuMs)}, browser ${share((run) => run.browserCpuMs)}, ` +
      `driver ${share((run) => run.driverCpuMs)}, updates late by at most ` +
      `${Math.round(Math.max(...of.map(({ busy }) => busy.update.lateMs)))} ms (p99)`
    )
  }
  const orders = formatNumber(scale.boardOrders)
  return [
    {
      about: 'ui, board',
      text:
        `${orders} orders loaded, ${PER_SECOND} updates a second for ${scale.boardSeconds} s, one in four a new order; main thread ` +
        `slowed ${SLOWED}×, ${median(runs.ours.map(({ busy }) => busy.notes.inputs.length))} inputs a run`,
    },
    { about: 'ui, shares of a core, ours', text: shares(runs.ours) },
    { about: 'ui, shares of a core, bare DOM', text: shares(runs.bare) },
    {
      about: 'ui, long animation frames as the browser counts them',
      text: `ours ${countsOf(runs.ours)}, bare DOM ${countsOf(runs.bare)}`,
    },
    {
      about: 'ui, worst of all runs',
      text: `ours ${worstOf(runs.ours)}; bare DOM ${worstOf(runs.bare)}`,
    },
    {
      about: 'ui, clicks that hit no control, because rows moved',
      text: `ours ${missesOf(runs.ours)}, bare DOM ${missesOf(runs.bare)}`,
    },
    {
      about: 'ui, Event Timing of clicks and keys, worst',
      text: `ours ${timingsOf(runs.ours)} ms, bare DOM ${timingsOf(runs.bare)} ms`,
    },
    { about: 'ui, board without the shared worker (one run)', text: summaryOf(runs.ownSocket) },
    {
      about: `ui, board of ${formatNumber(scale.boardManyOrders)} orders (one run)`,
      text: summaryOf(runs.many),
    },
  ]
}

const countsOf = (runs: readonly BoardRun[]): string =>
  runs.map(({ busy }) => busy.notes.longFrames.length).join(', ')

const timingsOf = (runs: readonly BoardRun[]): string =>
  runs
    .map(({ busy }) => Math.max(0, ...busy.notes.eventTimings.map(({ ms }) => Math.round(ms))))
    .join(', ')

function worstOf(runs: readonly BoardRun[]): string {
  const frame = Math.max(...runs.flatMap(({ busy }) => framesOf(busy)))
  const inputs = INPUTS.map((kind) => {
    const worst = Math.max(...runs.flatMap(({ busy }) => delaysOf(busy, kind)))
    return `${kind} ${worst.toFixed(0)} ms`
  })
  return [`frame ${frame.toFixed(0)} ms`, ...inputs].join(', ')
}

function missesOf(runs: readonly BoardRun[]): string {
  const clicks = runs.flatMap(({ busy }) =>
    busy.notes.inputs.filter(({ kind }) => kind === 'click'),
  )
  return `${clicks.filter(({ on }) => on === 'div').length} of ${clicks.length}`
}

function summaryOf({ busy, busyPaintMs, calmPaintMs, heapBytes }: BoardRun): string {
  const inputs = INPUTS.map((kind) => {
    const delays = delaysOf(busy, kind)
    return `${kind} p98 ${quantile(delays, 0.98).toFixed(0)}, worst ${Math.max(...delays).toFixed(0)} ms`
  })
  const painted = (spans: readonly number[]): string =>
    `${quantile(spans, 0.5).toFixed(0)} / ${quantile(spans, 0.99).toFixed(0)} ms`
  return (
    `${longFrames(busy)} of ${framesOf(busy).length} frames over ${LONG_FRAME_MS} ms (worst ${Math.max(...framesOf(busy)).toFixed(0)} ms), ` +
    `scripting ${perSecond(busy, busy.thread.scriptMs).toFixed(0)} ms/s, busy ${perSecond(busy, busy.thread.taskMs).toFixed(0)} ms/s, ` +
    `${inputs.join(', ')}, durable → painted p50 / p99 calm ${painted(calmPaintMs)}, busy ${painted(busyPaintMs)}, ` +
    `heap ${(heapBytes / 1e6).toFixed(0)} MB`
  )
}

/** From one frame to the next. */
function framesOf({ notes }: BusyRun): readonly number[] {
  return notes.frames.slice(1).map((at, index) => at - notes.frames[index]!)
}

function longFrames(run: BusyRun): number {
  return framesOf(run).filter((ms) => ms > LONG_FRAME_MS).length
}

function delaysOf({ notes }: BusyRun, kind: InputNote['kind']): readonly number[] {
  return notes.inputs.filter((input) => input.kind === kind).map(({ ms }) => ms)
}

function perSecond({ update }: BusyRun, ms: number): number {
  return (ms / update.elapsedMs) * 1_000
}

function paint(spans: 'calmPaintMs' | 'busyPaintMs', q: number): (run: BoardRun) => number {
  return (run) => quantile(run[spans], q)
}
