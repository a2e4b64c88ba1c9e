import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aptProgress } from '../../../src/steps/apt/progress.js'

const read = aptProgress.open()

describe('the progress of apt-get', () => {
  it('is read off what apt 1.6 writes to its status descriptor', () => {
    expect(read('dlstatus:3:12.5000:Retrieving file 3 of 20')).toEqual({
      what: 'Retrieving file 3 of 20',
      percent: 12.5,
    })
    expect(read('pmstatus:apache2-bin:61.3466:Configuring apache2-bin (amd64)')).toEqual({
      what: 'Configuring apache2-bin (amd64)',
      percent: 61.3466,
    })
    expect(read('pmstatus:dpkg-exec:0.0000:Running dpkg')).toEqual({ what: 'Running dpkg', percent: 0 })
    expect(read('pmerror:/var/cache/apt/x.deb :20: trying to overwrite: /usr/bin/x')).toEqual({
      what: '/var/cache/apt/x.deb :  trying to overwrite: /usr/bin/x',
      percent: 20,
    })
  })

  it('is also whom it waits for', () => {
    expect(read('waiting:12:812:/var/lib/dpkg/lock-frontend:unattended-upgr')).toEqual({
      for: 'the lock /var/lib/dpkg/lock-frontend',
      holder: 'unattended-upgr (process 812)',
      seconds: 12,
    })
    expect(read('waiting:0::/var/lib/dpkg/lock:')).toEqual({
      for: 'the lock /var/lib/dpkg/lock',
      holder: '',
      seconds: 0,
    })
    expect(read('waiting:1:7:/x:a:b c')).toMatchObject({ holder: 'a:b c (process 7)' })
    expect(read('waiting:1::cloud-init, which is setting up the host:')).toMatchObject({
      for: 'cloud-init, which is setting up the host',
    })
  })

  it('is also what it repairs', () => {
    expect(read('repair:begins')).toEqual({ notice: expect.stringContaining('dpkg --configure -a') as string })
    expect(read('repair:done:')).toEqual({ notice: 'dpkg has finished what was interrupted' })
    expect(read('repair:done:foo bar')).toEqual({ notice: 'dpkg has finished what was interrupted: foo bar' })
  })

  it('is not what apt-get prints for people', () => {
    for (const line of [
      'Reading package lists...',
      'Unpacking apache2 (2.4.29) ...',
      '',
      'pmstatus',
      'E: pmstatus:x',
    ]) {
      expect(read(line)).toBeUndefined()
      expect(aptProgress.isOwn?.(line)).toBe(false)
    }
  })

  it.each([
    'pmstatus:',
    'pmstatus:x:',
    'pmstatus:x:nan:y',
    'pmstatus:x:1e9:y',
    'pmstatus:x:-5:y',
    'pmstatus:x:99999:y',
    'dlstatus:::',
    'waiting:',
    'waiting:x:y:z:a',
    'waiting:99999999999999999999:1:/x:a',
    "pmconffile:/etc/x:1:'/etc/x' '/etc/x.dpkg-new' 1 1",
    'media-change: x,y',
    'repair:',
  ])('%s tells nothing, and is not shown', (line) => {
    expect(read(line)).toBeUndefined()
    expect(aptProgress.isOwn?.(line)).toBe(true)
  })

  it('is between 0 and 100 percent and no long text, whatever a host sends', () => {
    const parts = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('pmstatus', 'dlstatus', 'waiting', 'repair', 'done', '100', '999', '12.5', '9'.repeat(400)),
      ),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(parts, (words) => {
        const told = read(words.join(':'))
        if (told === undefined) return
        if ('for' in told) expect(Number.isSafeInteger(told.seconds)).toBe(true)
        if ('what' in told) expect(told.percent).toBeGreaterThanOrEqual(0)
        if ('what' in told) expect(told.percent).toBeLessThanOrEqual(100)
        expect(Object.values(told).join('').length).toBeLessThan(500)
      }),
    )
  })
})
