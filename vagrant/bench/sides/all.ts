import { providePeers } from '../peers.js'
import { ansible } from './ansible.js'
import { deployFlask } from './deploy-flask.js'
import { pyinfra } from './pyinfra.js'
import { script } from './script.js'
import type { Side, SideName } from './side.js'
import { makeSite } from './site.js'

/** Those that are asked for, ready to run. Installs what they need. */
export async function makeSides(names: readonly SideName[], folder: string): Promise<readonly Side[]> {
  const sides: Side[] = []
  for (const name of names) sides.push(await makeSide(name, folder))
  return sides
}

async function makeSide(name: SideName, folder: string): Promise<Side> {
  const site = await makeSite(folder, name)
  if (name === 'deploy-flask') return await deployFlask(site)
  if (name === 'script') return script(site)
  const installed = await providePeers()
  return name === 'pyinfra' ? pyinfra(site, installed) : ansible(name, site, installed)
}
