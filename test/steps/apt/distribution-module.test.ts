import { stepCases } from '../harness.js'

const python3 = 'libapache2-mod-wsgi-py3'
const installed = { [python3]: `${python3}\tinstalled\t4.5.17-1ubuntu1\n` }
const both = { ...installed, 'libapache2-mod-wsgi': 'libapache2-mod-wsgi\tinstalled\t4.5.17-1ubuntu1\n' }

const purge = (packages: string) => [
  {
    kind: 'remove',
    subject: `packages ${packages}`,
    run: [`apt-get purge ${packages}`],
    undo: [`apt-get install --no-install-recommends ${packages}`],
  } as const,
]

stepCases('apt.distribution-module', {
  pristine: {},
  converged: {},
  'has nothing to do on a host that serves PHP': { on: 'php' },
  "refuses to touch the distribution's module": {
    answers: installed,
    changes: purge(python3),
    refusals: ['DISTRIBUTION_MODULE'],
  },
  'refuses for each of the two packages': {
    answers: both,
    changes: purge(`${python3} libapache2-mod-wsgi`),
    refusals: ['DISTRIBUTION_MODULE', 'DISTRIBUTION_MODULE'],
  },
  'removes it when that was asked for': {
    site: { replaceDistributionModule: true },
    answers: installed,
    changes: purge(python3),
  },
  'does not mind a package that was removed': {
    answers: { [python3]: `${python3}\tconfig-files\t4.5.17-1ubuntu1\n` },
  },
})
