import { describe, expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../../server/testing/temp-folder'
import { within } from '../../server/testing/within'
import { processOf } from './process'
import { birthOf, descendantsOf } from './process-table'
import { startService } from './service'
import { startProcess, type Start } from './start'

/** A service that is a line of shell; it says "ready" when it is. */
function shell(folder: string, line: string): Start {
  return {
    name: 'The service',
    command: ['sh', '-c', line],
    folder,
    logFile: join(folder, 'service.log'),
    ready: (log) => log.includes('ready\n'),
  }
}

const SERVES = 'echo ready; exec sleep 1000'

async function until(holds: () => boolean): Promise<void> {
  const look = async () => {
    while (!holds()) await Bun.sleep(5)
  }
  await within(look(), holds.toString())
}

describe('a service', () => {
  test('is up once it says so, and runs again on the same folder', async () => {
    using folder = tempFolder()
    let cleanedUp = 0
    const service = await startService(
      shell(folder.path, `echo x >> starts; ${SERVES}`),
      () => void cleanedUp++,
    )
    const first = service.pid
    await service.kill()
    expect([service.runs, birthOf(first)]).toEqual([false, null])
    await service.restart()
    expect([service.runs, service.pid === first]).toEqual([true, false])
    await service.restart()
    expect(readFileSync(join(folder.path, 'starts'), 'utf8')).toBe('x\nx\nx\n')

    await service[Symbol.asyncDispose]()
    expect([service.runs, cleanedUp]).toEqual([false, 1])
  })

  test('that ends before it serves is an error with the end of its log', async () => {
    using folder = tempFolder()
    const failing = startProcess(shell(folder.path, 'echo the disk is full; exit 3'))
    expect(failing).rejects.toThrow(
      /^The service ended before it served \(exit code 3\)\. The end of .*:\n {2}the disk is full$/,
    )
  })

  test('does not count what it wrote at an earlier start', async () => {
    using folder = tempFolder()
    writeFileSync(join(folder.path, 'service.log'), 'ready\n')
    expect(startProcess(shell(folder.path, 'exit 1'))).rejects.toThrow('wrote nothing')
  })

  test('is killed, held and let go with all that it started', async () => {
    using folder = tempFolder()
    await using service = await startService(
      shell(folder.path, 'sleep 1000 & (sleep 1001; :) & echo ready; wait'),
    )
    await until(() => descendantsOf(service.pid).length === 3)
    const below = descendantsOf(service.pid)
    const stateOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0]!

    service.pause()
    await until(() => [service.pid, ...below].every((pid) => stateOf(pid) === 'T'))
    service.resume()
    await until(() => [service.pid, ...below].every((pid) => stateOf(pid) === 'S'))
    await service.kill()
    expect(below.map(birthOf)).toEqual([null, null, null])
  })

  test('that is held still can be stopped', async () => {
    using folder = tempFolder()
    const service = await startService(shell(folder.path, SERVES))
    service.pause()
    await service.stop()
    expect(service.runs).toBe(false)
  })

  test('ends with whoever started it, who may be killed', async () => {
    using folder = tempFolder()
    const script = `
      import { startProcess } from ${JSON.stringify(join(import.meta.dir, 'start.ts'))}
      const command = ['sh', '-c', ${JSON.stringify(SERVES)}]
      const service = await startProcess({
        name: 'x', command, folder: '.', logFile: 'log', ready: (log) => log.includes('ready'),
      })
      console.log(service.pid)
      setInterval(() => {}, 1_000)`
    const starter = Bun.spawn([process.execPath, '-e', script], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const { value } = await starter.stdout.getReader().read()
    const pid = Number(new TextDecoder().decode(value))
    expect(birthOf(pid)).not.toBeNull()
    starter.kill('SIGKILL')
    await until(() => birthOf(pid) === null)
  })
})

test('a pid that is by now another process is nobody', async () => {
  const child = Bun.spawn(['sleep', '1000'])
  const birth = birthOf(child.pid)!
  expect(processOf(child.pid, birth)?.runs).toBe(true)
  expect(processOf(child.pid, `${birth}0`)).toBeNull()
  child.kill()
  await child.exited
  expect(processOf(child.pid, birth)).toBeNull()
})
