import { describe, expect, it } from 'vitest'
import { quote } from '../../src/core/quote.js'
import { packageVersion, packageVersions, unfinishedPackages } from '../../src/probes/dpkg.js'
import { recordedHost } from '../fixtures/recorded-host.js'
import { answerHere } from './local.js'

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

describe('packages that are not fully installed', () => {
  const rows = [
    'apache2\tinstalled\t2.4.29-1ubuntu4.27',
    'g++\thalf-configured\t4:7.4.0-1ubuntu2.3',
    'gcc\tunpacked\t4:7.4.0-1ubuntu2.3',
    'man-db\ttriggers-pending\t2.8.3-2ubuntu0.1',
    'half-life\tinstalled\t1',
    '',
  ].join('\n')

  const unfinished = unfinishedPackages(['gcc'])
  const { ask } = unfinished
  if ('sh' in ask) throw new Error('packages must be asked together')
  const { family, item } = ask

  it('are told, but those that are excepted', () => {
    const [answer, version] = family.split({ stdout: rows, stderr: '', exitCode: 0 }, [item, 'apache2'])
    expect(unfinished.parse(answer ?? { stdout: '', stderr: '', exitCode: 1 })).toBe(
      'g++ (half-configured), man-db (triggers-pending)',
    )
    expect(version?.stdout).toBe('2.4.29-1ubuntu4.27')
  })

  it('are asked for together with the versions of others, whatever all the rest is', () => {
    const script = family
      .sh([item, 'g++', 'apache2'])
      .replace(/^dpkg-query -W -f='[^']*'/, `printf '%s' ${quote(rows)}`)
    expect(answerHere(script).stdout.split('\n').filter(Boolean)).toEqual(rows.split('\n').slice(0, 4))
  })
})
