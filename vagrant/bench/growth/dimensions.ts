import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Guest } from '../../guest.js'
import type { Dimension } from './dimension.js'

/** Files of a kilobyte, a hundred to a folder. */
const files: Dimension = {
  name: 'files of a site',
  unit: 'file',
  sizes: [10, 100, 1_000, 5_000, 20_000],
  prepare: async ({ folder }, size) => {
    for (let first = 0; first < size; first += 100) {
      const part = join(folder, 'code/many', String(first / 100))
      await mkdir(part, { recursive: true })
      const numbers = Array.from({ length: Math.min(100, size - first) }, (_, index) => first + index)
      await Promise.all(numbers.map((number) => writeFile(join(part, `${number}.txt`), `${number} `.repeat(200))))
    }
    return {}
  },
}

/** In files of at most 10 MB that cannot be compressed. */
const bytes: Dimension = {
  name: 'megabytes of a site',
  unit: 'MB',
  sizes: [1, 10, 100, 500],
  prepare: async ({ folder }, size) => {
    await rm(join(folder, 'code/large'), { recursive: true, force: true })
    await mkdir(join(folder, 'code/large'), { recursive: true })
    for (let left = size; left > 0; left -= 10) {
      const megabytes = Array.from({ length: Math.min(10, left) }, () => randomFillSync(Buffer.alloc(1_000_000)))
      await pipeline(Readable.from(megabytes), createWriteStream(join(folder, 'code/large', `${left}.bin`)))
    }
    return {}
  },
}

/** Further applications of the same site, each with a script and an interpreter of its own. */
const mounts: Dimension = {
  name: 'mounts of a site',
  unit: 'mount',
  sizes: [1, 10, 50, 100],
  prepare: (_ground, size) =>
    Promise.resolve({
      applications: Array.from({ length: size }, (_, index) => ({
        mount: `/part-${index}`,
        wsgi: 'small:application',
      })),
    }),
}

const others = '/etc/apache2/sites-enabled/other-*.conf'

/** Virtual hosts of others, all of which must still answer after a change. */
const sites: Dimension = {
  name: 'other sites on the host',
  unit: 'site',
  sizes: [1, 10, 50, 200],
  prepare: async ({ guest }, size) => {
    await inside(
      guest,
      `for number in $(seq ${size}); do
         echo "<VirtualHost *:80>
           ServerName other-$number.test
           DocumentRoot /var/www/html
         </VirtualHost>" > /etc/apache2/sites-enabled/other-$number.conf
       done
       apache2ctl graceful`,
    )
    return {}
  },
  tidy: async ({ guest }) => await inside(guest, `rm -f ${others}; apache2ctl graceful`),
}

/** What grows on one host. A further dimension is a further object here. */
export const dimensions: readonly Dimension[] = [files, bytes, mounts, sites]

async function inside(guest: Guest, script: string): Promise<void> {
  const { exitCode, stderr } = await guest.run(script)
  if (exitCode !== 0) throw new Error(`the guest could not be prepared:\n${stderr}`)
}
