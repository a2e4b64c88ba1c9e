import { unrunnable } from './fault.js'

unrunnable(
  'F83',
  'AppArmor denies mod_wsgi or Python something',
  'containers share the kernel of the machine that runs the tests, and cannot load AppArmor profiles of their own',
)
