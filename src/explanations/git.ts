import type { Explanation } from './explanation.js'

const tryIt = ['git ls-remote URL']

/** Code that comes from a repository: git runs on this computer, and the host sees nothing of it. */
export const git = {
  GIT_MISSING: {
    cause:
      'The code is to come from a repository (code.git), which the program git of this computer fetches; there is no git ' +
      'in PATH. The host needs none: it is sent files, as from a folder.',
    remedy: 'Install git on this computer, or clone the repository elsewhere and deploy the folder.',
    look: { here: ['git --version'] },
  },
  GIT_REPOSITORY_MISSING: {
    cause:
      'The server of the repository says that there is no such repository. Many say the same to somebody who may not see ' +
      'it. Nothing was changed on the host.',
    remedy: 'Check the URL in code.git, and that your login for it may read the repository.',
    look: { here: tryIt },
  },
  GIT_REF_MISSING: {
    cause:
      'The repository has neither a branch nor a tag of this name, or has both; or it does not have the commit (any more), ' +
      'as after a branch was rewritten. Or a branch was moved at the very moment when it was fetched. A saved plan names a ' +
      'commit: it can be applied only as long as the repository has it.',
    remedy:
      'Correct code.ref: a branch, a tag, a full name such as refs/tags/v1, or all 40 digits of a commit. Without it, it ' +
      "is the repository's own branch.",
    look: { here: tryIt },
  },
  GIT_SUBMODULES: {
    cause:
      'Parts of the commit are submodules: the repository only says where they can be had. They are not fetched, because ' +
      'whoever can write to one repository would decide which others your computer talks to with your logins. What is ' +
      'missing would be found out by the site.',
    remedy:
      'List what the site does not need in the .deployignore of the repository. Otherwise clone it yourself with ' +
      '--recurse-submodules, and deploy that folder with code.folder.',
    look: { here: ['git config --file .gitmodules --list'] },
  },
  GIT_UNSAFE: {
    cause:
      'Git looks at everything that it fetches (fsck), and does not take what is damaged, or what is built to make a ' +
      'program do something: names such as .git or .., submodules that are commands. Some very old repositories have ' +
      'mistakes that were harmless.',
    remedy: 'Look at the evidence. Where the repository is yours and old, clone it and deploy the folder.',
    look: { here: ['git clone URL checked && git -C checked fsck --full'] },
  },
  GIT_TOO_LARGE: {
    cause:
      'One commit is fetched, with nothing before it. While git fetches, the size of what it writes is watched, so that no ' +
      'repository can fill the disk of this computer; here it became larger than 2 GB. What was fetched is removed again.',
    remedy:
      'Take large files out of the repository: with Git LFS only pointers are in it. Otherwise clone it yourself and ' +
      'deploy that folder with code.folder.',
    look: { here: ['git clone --depth 1 URL checked && du -sh checked/.git', 'df -h ~/.cache'] },
  },
  GIT_FAILED: {
    cause:
      'Git ended with an error that has no message of its own here; the evidence is what it said. Among these are ' +
      'configurations of git that replace the URL by one that is neither https nor ssh, which is refused.',
    remedy: 'Try the same by hand. When git succeeds there and not here, please report it.',
    look: { here: [...tryIt, 'git config --show-origin --get-regexp "url|protocol|http"'] },
  },
  GIT_UNREACHABLE: {
    cause:
      'The server of the repository was not reached from this computer, or not for long enough: its name is not known, it ' +
      'refuses the connection, its certificate is not accepted, the line was cut, or git was not done in time. Nothing was ' +
      'changed on the host.',
    remedy:
      'Check the URL in code.git, your network and proxy. An own certificate authority is told to git with ' +
      'http.sslCAInfo. Then run it again.',
    look: { here: [...tryIt, 'git config --get-regexp http'] },
  },
  GIT_HOST_KEY: {
    cause:
      'The repository is reached by ssh, and ssh does not know the key of that host, or knows another one. Nobody is asked ' +
      'while git runs, and nothing was sent.',
    remedy:
      'Connect to it once with ssh and compare the fingerprint with the one that its owner publishes. In CI, write its line ' +
      'into known_hosts beforehand. A key that has changed may be an attack: ask the owner.',
    look: { here: ['ssh -T git@HOST', 'ssh-keygen -F HOST'] },
  },
  GIT_LOGIN_FAILED: {
    cause:
      'The server of the repository wants a login, and git on this computer has none that it accepts. Nobody is asked for ' +
      'one while git runs. The logins are those that git always uses here: keys of ssh and ssh-agent, the credential ' +
      'helper. They are never sent to the host of the site.',
    remedy:
      'By ssh: load the key into ssh-agent, and give its public half to the server. By https: store a token that may read ' +
      'the repository in a credential helper. Never write it into the URL.',
    look: { here: [...tryIt, 'ssh-add -l', 'git config --get-all credential.helper'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
