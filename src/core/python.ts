/**
 * A script for the Python of the host alone, without what is installed there (python3(1): -I, -S). Shells of ours are in the
 * C locale, where Python 3.6 can neither read nor say more than ASCII; settings and logs hold more.
 */
export const pythonArgv = (script: string, ...args: readonly string[]): readonly [string, ...string[]] => [
  ...(['env', 'LC_ALL=C.UTF-8', 'python3', '-I', '-S', '-c'] as const),
  script,
  ...args,
]
