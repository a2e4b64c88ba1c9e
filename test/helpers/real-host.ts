import { afterAll, afterEach, beforeAll } from 'vitest'
import { connectSsh, type SshOptions } from '../../src/transport/ssh.js'
import type { Transport } from '../../src/transport/transport.js'
import type { TransportName } from './transports.js'
import { createUser, startSshd, type Sshd, type User } from './sshd.js'

export interface RealHost {
  readonly sshd: Sshd
  /** May use sudo without a password. */
  readonly user: User
  /** A transport that is closed after the test. */
  connect(options?: Partial<SshOptions>, settings?: readonly string[]): Promise<Transport>
}

/** A real sshd of this machine and an account on it, for all tests of a file. */
export const useRealHost = (way: TransportName): RealHost => {
  let sshd: Sshd
  let user: User
  const open: Transport[] = []
  beforeAll(async () => {
    sshd = await startSshd()
    user = createUser({ sudoers: 'USER ALL=(ALL) NOPASSWD: ALL' })
  })
  afterAll(async () => {
    user.remove()
    await sshd.stop()
  })
  afterEach(async () => {
    for (const transport of open.splice(0)) await transport.close()
  })
  return {
    get sshd() {
      return sshd
    },
    get user() {
      return user
    },
    async connect(options = {}, settings = []) {
      const sshConfigFile = await sshd.config(settings)
      const transport = await connectSsh({ transport: way, host: 'there', user: user.name, sshConfigFile, ...options })
      open.push(transport)
      return transport
    },
  }
}
