import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'

test('no recipe names a mirror or a package index', async () => {
  const files = await readdir('vagrant', { recursive: true, withFileTypes: true })
  const texts = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  // The name of SVG's namespace is not an address that anything is fetched from.
  const url = /\b(https?|ftp):\/\/(?!\$\{|www\.w3\.org\/2000\/svg")/
  for (const file of texts) expect(await readFile(file, 'utf8'), file).not.toMatch(url)
})

test('the shell scripts are valid', async () => {
  for (const file of ['build-box.sh', 'templates/pristine.sh', 'templates/php.sh']) {
    await execa('bash', ['-n', join('vagrant', file)])
  }
})

test('an unknown release is refused before anything is done', async () => {
  const result = await execa('bash', ['vagrant/build-box.sh', 'warty'], { reject: false })
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain("unknown release 'warty': one of bionic, focal, jammy, noble")
})
