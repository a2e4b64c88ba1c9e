import type { Explanation } from './explanation.js'

/** Who logs in, the shell, and root. */
export const login = {
  LOGIN_FAILED: {
    cause:
      'The host is the right one and did not let the account in: none of the keys was accepted, and passwords are not ' +
      'accepted, were wrong, or could not be asked for. The evidence lists what was tried, what was left out and why, ' +
      'and what the host would take. At most five keys are tried: sshd hangs up after six.',
    remedy:
      'Check the user name first: it is the one of ssh_config or of this computer when none is given. Then add a public ' +
      'key to authorized_keys of that account, or name the right key with ssh.identity-file. With many keys in the ' +
      'agent, IdentitiesOnly chooses.',
    look: { here: ['ssh -v USER@HOST true', 'ssh-add -l', 'ssh-copy-id USER@HOST'] },
  },
  CERTIFICATE_UNSUPPORTED: {
    cause:
      'The login failed, and you have a user certificate: in the agent, by CertificateFile of ssh_config, or as ' +
      'KEY-cert.pub beside a key. The built-in transport cannot use them, so a host that only trusts a certificate ' +
      'authority (TrustedUserCAKeys) lets nobody in this way, though ssh itself gets in.',
    remedy:
      'Give --transport openssh, or ssh.transport: openssh in the flags file: the ssh of this computer then logs in, ' +
      "with certificates. Or add a plain public key to the account's authorized_keys on the host.",
    look: { here: ['ssh-add -L | grep cert', 'ls ~/.ssh/*-cert.pub', 'ssh-keygen -Lf KEY-cert.pub'] },
  },
  PASSWORD_EXPIRED: {
    cause:
      'The host took the password and wants a new one before it lets anybody in: it has expired, or was set by somebody ' +
      'who wants it to be changed at the first login.',
    remedy: 'Log in once with ssh, which asks for the new one. An account for deployments is better off with a key.',
    look: { here: ['ssh USER@HOST'], onHost: ['chage -l USER'] },
  },
  KEY_LOCKED: {
    cause:
      'The only keys there are have a passphrase, and nobody can be asked for it: no terminal, as in CI or cron. So ' +
      'nothing could be tried.',
    remedy:
      'Load the key into ssh-agent first, and let the command see SSH_AUTH_SOCK. For CI, make a key of its own without a ' +
      'passphrase that can do nothing else.',
    look: { here: ['eval "$(ssh-agent)"; ssh-add KEY', 'ssh-add -l'] },
  },
  KEY_UNREADABLE: {
    cause:
      'The file in ssh.identity-file cannot be used as a key: it is not there, may not be read, holds the public half, ' +
      'or is in a form that is not read (PuTTY, or a passphrase that encrypts with chacha20-poly1305).',
    remedy:
      'Name the private key, which usually has the same name without .pub. Another form is changed with ssh-keygen or ' +
      'puttygen; any key that ssh-agent holds works, too.',
    look: { here: ['ssh-keygen -lf KEY', 'ssh-keygen -p -f KEY', 'puttygen KEY.ppk -O private-openssh -o KEY'] },
  },
  SHELL_MISSING: {
    cause:
      'The login worked, but no bash could be started: the account has nologin or false as its shell, sshd_config has a ' +
      'ForceCommand, the key has a command= in authorized_keys, or there is no /bin/bash.',
    remedy: 'Give the account a login shell, or use another account; take the forced command out for this key.',
    look: { here: ['ssh USER@HOST /bin/bash -c "echo works"'], onHost: ['getent passwd USER'] },
  },
  SESSIONS_TOO_FEW: {
    cause:
      'sshd allows fewer sessions on one connection than are needed at a time (MaxSessions; up to four are used). The ' +
      'default is ten; somebody has set less, or another program uses the same connection.',
    remedy: 'Set MaxSessions in the sshd_config of the host to 4 or more, and reload sshd.',
    look: { onHost: ['sshd -T | grep maxsessions'] },
  },
  SUDO_FAILED: {
    cause:
      'sudo gave no root shell, for a reason that has no code of its own: the account is locked or expired, a PAM module ' +
      'refuses, sudoers has a mistake, or sudo did not answer within a minute.',
    remedy: 'The evidence has the words of sudo. Try the same on the host; log in as root where that is allowed.',
    look: { here: ['ssh -t USER@HOST sudo /bin/bash'], onHost: ['visudo -c; journalctl -t sudo -n 20'] },
  },
  SUDO_FORBIDDEN: {
    cause:
      'The account may log in, but not become root: it is not in sudoers, or sudoers allows it single commands only. A ' +
      'deployment installs packages and writes into /etc; a right to do that is as much as root, so single commands ' +
      'would not help.',
    remedy: 'Add the account to the group sudo, or use another account.',
    look: { onHost: ['sudo -l -U USER', 'adduser USER sudo'] },
  },
  SUDO_MISSING: {
    cause: 'The account is not root, and there is no sudo on the host.',
    remedy: 'Log in as root, or install sudo and add the account to the group sudo.',
    look: { onHost: ['apt-get install sudo && adduser USER sudo'] },
  },
  SUDO_TTY_REQUIRED: {
    cause:
      'sudoers has "requiretty": sudo only works in a terminal. deploy-flask uses none, because a terminal would mix ' +
      'output and errors and show what is sent.',
    remedy: 'Take it out for this account: write Defaults:USER !requiretty with visudo.',
    look: { onHost: ['grep -rn requiretty /etc/sudoers /etc/sudoers.d'] },
  },
  SUDO_PASSWORD_MISSING: {
    cause:
      'sudo asks the account for a password, and none was given: ssh.sudo-password is not set, and there is no terminal ' +
      'to ask on, or the question was left empty.',
    remedy:
      'Run it in a terminal, set ssh.sudo-password to {env: NAME} or {file: PATH}, or allow the account sudo without a ' +
      'password. It is sent to the prompt of sudo only.',
    look: { onHost: ['sudo -l -U USER'] },
  },
  SUDO_PASSWORD_WRONG: {
    cause:
      'sudo did not take the password. It is tried once only: many hosts lock an account after a few wrong ones. Some ' +
      'hosts ask for the password of root instead (rootpw, targetpw). sudo itself begins a second attempt when the first ' +
      'has failed, before anybody can stop it: pam_tally2 counts that one, too, so deny=2 locks the account.',
    remedy: 'Run it again with the right one. For a locked account, wait or reset its counter as root.',
    look: { here: ['ssh -t USER@HOST sudo -v'], onHost: ['pam_tally2 --user USER'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
