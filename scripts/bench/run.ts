import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FULL, QUICK } from './lib/bench'
import type { Bench } from './lib/bench'
import { OUTPUT } from './lib/children'
import { describeMachine } from './lib/machine'
import { formatReport, ratioOf, spreadOf, verdictOf } from './lib/report'
import type { Report } from './lib/report'
import { commands } from './figures/commands'
import { fanOut } from './figures/fan-out'
import { latency } from './figures/latency'
import { memory } from './figures/memory'
import { mirror } from './figures/mirror'
import { nodes } from './figures/nodes'
import { pipe } from './figures/pipe'
import { resume } from './figures/resume'
import { resumeDistributed } from './figures/resume-distributed'
import { ui } from './figures/ui'

const FIGURES: Readonly<Record<string, (bench: Bench) => Promise<Report>>> = {
  'fan-out': fanOut,
  memory,
  latency,
  commands,
  resume,
  mirror,
  pipe,
  'resume-distributed': resumeDistributed,
  nodes,
  ui,
}

const HELP = `Usage: bun scripts/bench/run.ts [FIGURE …] [--runs N] [--quick] [--profile]

Measures the server against named peers in turns (ours, peer, ours, peer, …) and prints the medians
as ratios beside their limits, and the same as JSON into data/bench/.

Figures: ${Object.keys(FIGURES).join(', ')}, all (default)

  --runs N   runs of each (default ${FULL.runs})
  --quick    small counts, one run: shows that everything works, measures nothing worth keeping
  --profile  also a CPU profile of each of our own servers into data/bench/profiles/ (slows them)
  --help     this text

What is measured how stands in docs/benchmarks.md. Exit code 1: a run failed, or delivered differed
from expected. A missed limit is reported, not an error.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    profile: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(HELP)
  process.exit()
}

const scale = values.quick ? QUICK : FULL
const runs = values.runs === undefined ? scale.runs : Number(values.runs)
const wanted =
  positionals.length === 0 || positionals.includes('all') ? Object.keys(FIGURES) : positionals
const unknown = wanted.filter((name) => !(name in FIGURES))
if (unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  console.error(
    unknown.length > 0 ? `No figure ${unknown.join(', ')}.\n` : '--runs: expected 1 or more.\n',
  )
  console.error(HELP)
  process.exit(1)
}

mkdirSync(OUTPUT, { recursive: true })
const machine = describeMachine()
const bench: Bench = {
  scale: { ...scale, runs },
  ours: values.profile ? { profileTo: join(OUTPUT, 'profiles') } : {},
  progress: (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`),
}
const reports: Report[] = []
for (const name of wanted) reports.push(await FIGURES[name]!(bench))

const report: Report = {
  figures: reports.flatMap(({ figures }) => figures),
  notes: reports.flatMap(({ notes }) => notes),
}
const file = join(OUTPUT, `${new Date().toISOString().replaceAll(':', '-')}.json`)
mkdirSync(OUTPUT, { recursive: true })
writeFileSync(
  file,
  JSON.stringify(
    {
      machine,
      scale: bench.scale,
      quick: values.quick,
      figures: report.figures.map((figure) => ({
        ...figure,
        ratio: ratioOf(figure),
        spread: spreadOf(figure),
        kept: verdictOf(figure),
      })),
      notes: report.notes,
    },
    null,
    2,
  ),
)
console.log(
  `Bun ${machine.bun} · Elysia ${machine.elysia} · Socket.IO ${machine.socketIo} · Node ${machine.node} · ` +
    `Linux ${machine.kernel} · ${machine.cores} · load at the start ${machine.load} · ` +
    `medians of ${runs} interleaved run${runs === 1 ? '' : 's'}${values.quick ? ' · QUICK: not a measurement' : ''}\n`,
)
console.log(formatReport(report))
console.error(`\nwritten to ${file}`)
