import { expect, it } from 'vitest'
import { packageVersion, packageVersions } from '../../src/probes/dpkg.js'
import { recordedHost } from '../fixtures/recorded-host.js'

const versions = (stdout: string, ...names: readonly string[]) => {
  const probe = packageVersion(names[0] ?? '')
  const { ask } = probe
  if ('sh' in ask) throw new Error('packages must be asked together')
  return ask.family.split({ stdout, stderr: '', exitCode: 0 }, names).map((answer) => probe.parse(answer))
}

it('a package has the version that dpkg-query names', () => {
  const recorded = recordedHost('deployed').dpkg.join('\n')
  expect(versions(recorded, 'apache2', 'gcc')).toEqual(['2.4.29-1ubuntu4.27', '4:7.4.0-1ubuntu2.3'])
})

it('a package that dpkg has never heard of is not in its answer', () => {
  expect(versions(recordedHost('pristine').dpkg.join('\n'), 'apache2', 'gcc')).toEqual([undefined, undefined])
  expect(versions('', 'apache2')).toEqual([undefined])
})

it.each(['config-files', 'half-installed', 'unpacked', 'half-configured', 'triggers-pending', 'not-installed'])(
  'a package whose status is %s does not count',
  (status) => expect(versions(`apache2\t${status}\t2.4.29-1ubuntu4.27\n`, 'apache2')).toEqual([undefined]),
)

it('a package of which two architectures are known counts when one of them is installed', () => {
  const text = 'gcc\tconfig-files\t4:7.3.0\ngcc\tinstalled\t4:7.4.0\n'
  expect(versions(text, 'gcc')).toEqual(['4:7.4.0'])
})

it('a name that only begins alike is another package', () => {
  expect(versions('apache2-dev\tinstalled\t2.4.29\n', 'apache2', 'apache2-dev')).toEqual([undefined, '2.4.29'])
})

it('all packages are asked by one dpkg-query, whose exit code says nothing', () => {
  const { ask } = packageVersion('gcc')
  if ('sh' in ask) throw new Error('packages must be asked together')
  expect(ask.family.sh(['gcc', 'apache2'])).toBe(
    `dpkg-query -W -f='\${Package}\\t\${db:Status-Status}\\t\${Version}\\n' gcc apache2 || :`,
  )
  expect(Object.keys(packageVersions(['gcc', 'apache2']))).toEqual(['gcc', 'apache2'])
})
