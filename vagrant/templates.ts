import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { releaseAddress } from './address.js'
import { bootAs } from './boot.js'
import { cacheFolder, recipeKey, say, secondsSince, vagrantFolder, withLock } from './cache.js'
import { attach, containerFolder, copyContainer, listContainers, removeContainer, shutDown } from './lxc.js'
import { prepareMachine } from './packages.js'

export const templateNames = ['pristine', 'php'] as const
export type TemplateName = (typeof templateNames)[number]

export const releases = ['bionic', 'focal', 'jammy', 'noble'] as const
export type Release = (typeof releases)[number]

/** All recipes go into the names of the templates, so that a changed recipe never meets an old template. */
const recipes = ['Vagrantfile', 'templates/pristine.sh']

/** A template is a stopped container, ready to be copied. This is the private key that logs into its copies. */
export function keyFileOf(container: string): string {
  return join(containerFolder(container), 'key')
}

const provided = new Map<string, Promise<string>>()

/** The stopped container of a template: built when missing, which takes half a minute (two with the box). */
export function provideTemplate(template: TemplateName, release: Release): Promise<string> {
  const name = `${template}-${release}`
  const answer = provided.get(name) ?? findOrMake(template, release)
  provided.set(name, answer)
  return answer
}

/** Also what an interrupted build left. Guests are copies and do not need them. */
export async function removeTemplates(): Promise<string[]> {
  const containers = await listContainers()
  const ours = containers.filter((name) => /^deploy-flask-(template|building)-/.test(name))
  for (const container of ours) await removeContainer(container)
  return ours
}

async function findOrMake(template: TemplateName, release: Release): Promise<string> {
  await prepareMachine()
  return await withLock(`template-${template}-${release}`, async () => {
    const box = await provideBox(release)
    const key = await recipeKey([...recipes, `templates/${template}.sh`], [basename(box)])
    const container = `deploy-flask-template-${template}-${release}-${key}`
    if (!existsSync(containerFolder(container))) await make(template, release, box, container)
    return container
  })
}

async function provideBox(release: Release): Promise<string> {
  return await withLock(`box-${release}`, async () => {
    const { stdout } = await execa('bash', [join(vagrantFolder, 'build-box.sh'), release], { stderr: 'inherit' })
    return stdout
  })
}

async function make(template: TemplateName, release: Release, box: string, container: string): Promise<void> {
  say(`making the template '${template}' of ${release} (once)`)
  const start = performance.now()
  const building = container.replace('-template-', '-building-')
  await removeContainer(building)
  try {
    await (template === 'pristine' ? vagrantUp(box, building) : bootCopyOf('pristine', release, building))
    await runRecipe(building, template)
    await shutDown(building)
    await releaseAddress(building)
    // Whole or not at all: what has the name of a template is a finished one.
    await rename(containerFolder(building), containerFolder(container))
  } catch (error) {
    await removeContainer(building)
    throw error
  }
  say(`made ${container} in ${secondsSince(start)}`)
}

/** Vagrant's own work, with its files in a folder that is thrown away: only the machine and its key stay. */
async function vagrantUp(box: string, container: string): Promise<void> {
  const scratch = await mkdtemp(join(cacheFolder, 'vagrant-'))
  try {
    const environment = {
      VAGRANT_CWD: vagrantFolder,
      VAGRANT_HOME: join(scratch, 'home'),
      VAGRANT_DOTFILE_PATH: join(scratch, 'machines'),
      DEPLOY_FLASK_BOX: box,
      DEPLOY_FLASK_CONTAINER: container,
      DEPLOY_FLASK_MACHINE: 'default',
    }
    await execa('vagrant', ['up', '--provider=lxc'], { env: environment })
    await copyFile(join(scratch, 'machines/machines/default/lxc/private_key'), keyFileOf(container))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function bootCopyOf(template: TemplateName, release: Release, container: string): Promise<void> {
  const source = await provideTemplate(template, release)
  await copyContainer(source, container)
  await copyFile(keyFileOf(source), keyFileOf(container))
  await bootAs(container, 'template')
}

async function runRecipe(container: string, template: TemplateName): Promise<void> {
  const result = await attach(container, await readFile(join(vagrantFolder, 'templates', `${template}.sh`), 'utf8'))
  if (result.exitCode === 0) return
  throw new Error(`templates/${template}.sh failed with exit code ${result.exitCode}:\n${result.stderr}`)
}
