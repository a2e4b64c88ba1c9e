import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pipProgress } from '../../../src/steps/python/progress.js'

const told = (text: string) => {
  const read = pipProgress.open()
  return text.split('\n').flatMap((line) => {
    const found = read(line)
    return found === undefined || !('what' in found) ? [] : [`${found.what} | ${found.count}`]
  })
}

describe('the progress of pip', () => {
  it('is told by what pip 21 prints, with the requirements that are known so far', () => {
    const text = `Looking in indexes: https://index.test/simple
Collecting Flask==2.0.3
  Downloading https://index.test/packages/Flask-2.0.3-py3-none-any.whl (95 kB)
Collecting click>=7.1.2
  Using cached click-8.0.4-py3-none-any.whl (97 kB)
Requirement already satisfied: flask in ./venv/lib (from -r /dev/stdin (line 1))
  Preparing metadata (setup.py): started
  Preparing metadata (setup.py): finished with status 'done'
Building wheels for collected packages: mod-wsgi
  Building wheel for mod-wsgi (setup.py): started
  Building wheel for mod-wsgi (setup.py): still running...
  Building wheel for mod-wsgi (setup.py): finished with status 'done'
Installing collected packages: click, Flask
Successfully installed Flask-2.0.3 click-8.0.4`
    expect(told(text)).toEqual([
      'Collecting Flask | 1',
      'Downloading Flask-2.0.3-py3-none-any.whl (95 kB) | 1',
      'Collecting click | 2',
      'Using cached click-8.0.4-py3-none-any.whl (97 kB) | 2',
      'Collecting flask | 2',
      'Preparing metadata (setup.py) | 2',
      'Building wheel for mod-wsgi | 2',
      'Building wheel for mod-wsgi | 2',
      'Installing click, Flask | 2',
    ])
  })

  it('is told by what pip 9 of 18.04 prints', () => {
    const text = `Collecting mod_wsgi==4.9.4
  Downloading https://index.test/packages/fe/12/mod_wsgi-4.9.4.tar.gz (497kB)
Building wheels for collected packages: mod-wsgi
  Running setup.py bdist_wheel for mod-wsgi: started
  Running setup.py bdist_wheel for mod-wsgi: finished with status 'done'
Installing collected packages: mod-wsgi`
    expect(told(text)).toEqual([
      'Collecting mod_wsgi | 1',
      'Downloading mod_wsgi-4.9.4.tar.gz (497kB) | 1',
      'Running setup.py bdist_wheel for mod-wsgi | 1',
      'Installing mod-wsgi | 1',
    ])
  })

  it('hides no line: what pip prints is for people', () => {
    expect(pipProgress.isOwn).toBeUndefined()
  })

  it('is short and never an error, whatever is printed', () => {
    const word = fc.constantFrom(
      'Collecting ',
      'Downloading ',
      'Building wheel for ',
      ': started',
      ' ',
      'x'.repeat(999),
      '(',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 8 }), (words) => {
        const read = pipProgress.open()
        const found = read(words.join(''))
        if (found !== undefined && 'what' in found) expect(found.what.length).toBeLessThanOrEqual(200)
      }),
    )
  })
})
