/**
 * Before a command: the kernel ends it with the process that starts it, however that ends. Empty where
 * the system has no such promise to make.
 */
export function endsWithUs(): readonly string[] {
  const setpriv = process.platform === 'linux' ? Bun.which('setpriv') : null
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : []
}
