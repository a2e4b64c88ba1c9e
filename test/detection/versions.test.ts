import { describe, expect, it } from 'vitest'
import { allowsPython, fromPoetry, lastBefore } from '../../src/detection/versions.js'

describe('a requirement that no Python 3.6 can fulfil', () => {
  it.each([
    ['Flask==2.1.0', '2.0.3'],
    ['flask==2.0.3', undefined],
    ['Flask', undefined],
    ['Flask<3', undefined],
    ['Flask>=1', undefined],
    ['Flask>=2.0,<4', undefined],
    ['Flask>=2.1,<4', '2.0.3'],
    ['Flask>2.0.3', '2.0.3'],
    ['Flask>2.0.2', undefined],
    ['Flask~=2.3', '2.0.3'],
    ['Flask === 3.0', '2.0.3'],
    ['Flask==2.*', undefined],
    ['Flask[async]>=2.2', '2.0.3'],
    ['Flask==2.1.0; python_version >= "3.7"', undefined],
    ['FLASK_SQLAlchemy==3.0', '2.5.1'],
    ['flask-unknown==99', undefined],
    ['constructor==99', undefined],
    ['', undefined],
  ])('%s: %s', (requirement, last) => {
    expect(lastBefore(requirement)).toBe(last)
  })
})

describe('whether a version of Python is allowed', () => {
  it.each([
    ['>=3.6', true],
    ['>=3.6.10', false],
    ['>=3.7', false],
    ['>3.6', false],
    ['>3.5', true],
    ['<3.7', true],
    ['<=3.6', false],
    ['<=3.6.9', true],
    ['==3.6.*', true],
    ['==3.6', false],
    ['==3.6.9', true],
    ['==3.60.*', false],
    ['~=3.5', true],
    ['~=3.6.2', true],
    ['~=3.5.1', false],
    ['!=3.6.*', false],
    ['!=3.6.8', true],
    ['>=3.6,<4.0,!=3.7.*', true],
    ['>= 2.7, < 3', false],
    ['', true],
    ['nonsense', true],
  ])('%s: %s', (specifier, allowed) => {
    expect(allowsPython(specifier, '3.6.9')).toBe(allowed)
  })
})

describe('what Poetry writes in its own way', () => {
  it.each([
    ['^1.2.3', '>=1.2.3,<2.0'],
    ['^2', '>=2,<3.0'],
    ['^0.3', '>=0.3,<0.4'],
    ['^0.0.3', '>=0.0.3,<0.0.4'],
    ['^0', '>=0,<1.0'],
    ['~1.2.3', '>=1.2.3,<1.3'],
    ['~1', '>=1,<2.0'],
    ['1.2.3', '==1.2.3'],
    ['1.2.*', '==1.2.*'],
    ['*', ''],
    ['', ''],
    ['>=1.2,<2', '>=1.2,<2'],
    ['>= 1.2 , < 2', '>=1.2,<2'],
    ['>=1.2 <2', '>=1.2,<2'],
    ['~=1.2', '~=1.2'],
    ['==1.2', '==1.2'],
    ['^1 || ^2', undefined],
  ])('%s: %s', (constraint, specifier) => {
    expect(fromPoetry(constraint)).toBe(specifier)
  })
})
