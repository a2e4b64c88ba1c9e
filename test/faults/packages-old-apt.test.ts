import { lockCases } from './packages/locks.js'
import { useSources } from './packages/sources.js'

/** The apt of the first media of 18.04, which knows no frontend lock. From the host's own mirror. */
const { packageFault } = useSources(`apt-get -qq update
apt-get -qq -y --allow-downgrades install apt=1.6.1 libapt-pkg5.0=1.6.1 libapt-inst2.0=1.6.1 >/dev/null 2>&1`)

lockCases(packageFault, '1.6.1')
