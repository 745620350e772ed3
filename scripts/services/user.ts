/** As whom a process runs. */
export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * The user for a program that refuses to run as root; null where we are not root, and it runs as
 * ourselves. Throws one sentence for people when there is no such user.
 */
export function serviceUser(name: string): User | null {
  if (process.getuid?.() !== 0) return null
  const idOf = (option: string) => {
    const { exitCode, stdout } = Bun.spawnSync(['id', option, name])
    if (exitCode !== 0) throw new Error(`There is no user ${name} to run a service as.`)
    return Number(stdout.toString())
  }
  return { name, uid: idOf('-u'), gid: idOf('-g') }
}

/**
 * What stands before a command, so that it runs as `user`. A project of root's may lie where no other
 * user comes (/root): the program is then let through all folders, as its starter is.
 * Throws one sentence for people where it cannot be done.
 */
export function runAs(user: User | null, folder: string): readonly string[] {
  if (user === null) return []
  const setpriv = Bun.which('setpriv')
  if (setpriv === null)
    throw new Error(`To run a service as ${user.name}, setpriv is needed (package util-linux).`)
  const as = [setpriv, `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const through = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  for (const command of [as, [...as, ...through]]) {
    // `-d`, not `-w`: what asks by the real user (access(2)) leaves out capabilities.
    const reached = Bun.spawnSync([...command, '--', 'test', '-d', folder], { cwd: '/' })
    if (reached.exitCode === 0) return [...command, '--']
  }
  throw new Error(`The user ${user.name}, as whom a service has to run, does not reach ${folder}.`)
}
