'use strict'

import('../../dist/cli/cli.js').then(
  function (cli) {
    return cli.run()
  },
  function (error) {
    process.stderr.write(
      'error INSTALLATION_BROKEN: deploy-flask cannot be loaded: ' +
        error.message +
        '\n' +
        'what to do: install it again; in a checkout: npm run build\n',
    )
    process.exit(70)
  },
)
