import type library from 'ssh2'

export type Ssh2 = typeof library

/** Loaded when it is needed, and while the network is waited for: it takes longer than many a round trip. */
export const loadLibrary = async () => {
  const [{ NodeSSH }, { default: ssh2 }] = await Promise.all([import('node-ssh'), import('ssh2')])
  return { NodeSSH, ssh2 }
}

export type Library = Awaited<ReturnType<typeof loadLibrary>>
