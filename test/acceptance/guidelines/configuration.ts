import { told, type Example, type Request } from './example.js'

/** From the host itself, and from here. */
const debugging = (json: Readonly<Record<string, unknown>>): readonly Request[] => [
  told('/', { REMOTE_ADDR: '127.0.0.1', 'demo.debugging': '1' }, { path: '/', onHost: '127.0.0.1' }),
  told('/', json),
]

/** Application Configuration. */
export const configuration: readonly Example[] = [
  {
    file: 'configuration/setenv.yml',
    requests: [
      {
        path: '/',
        expect: {
          status: 200,
          json: {
            'demo.templates': '/usr/local/wsgi/templates',
            'demo.mailhost': 'mailhost',
            'demo.debugging': '0',
          },
          without: ['os.environ.demo.mailhost'],
        },
      },
    ],
  },
  { file: 'configuration/debugging-setenvif.yml', requests: debugging({ 'demo.debugging': '0' }) },
  { file: 'configuration/debugging-rewrite.yml', requests: debugging({ 'demo.debugging': '0' }) },
  {
    file: 'configuration/rewrite-map.yml',
    requests: [
      told('/shop', { 'demo.theme': 'green' }),
      told('/news', { 'demo.theme': 'blue' }),
      told('/other', { 'demo.theme': 'plain' }),
    ],
  },
  {
    file: 'configuration/wrapper-in-script.yml',
    requests: [...debugging({}), { path: '/', expect: { status: 200, without: ['demo.debugging'] } }],
  },
  { file: 'configuration/wrapper.yml', requests: debugging({ 'demo.debugging': '0' }) },
  {
    file: 'configuration/process-environment.yml',
    requests: [
      {
        path: '/',
        expect: {
          status: 200,
          json: { 'os.environ.DEMO_MAILHOST': 'mailhost' },
          without: ['DEMO_MAILHOST'],
        },
      },
    ],
  },
]
