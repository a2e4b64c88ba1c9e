import type { Explanation } from './explanation.js'

/** From here to a shell on the host. */
export const connection = {
  CONNECT_FAILED: {
    cause:
      'No session came about, for a reason that has no code of its own: the connection broke off in the middle of the ' +
      'handshake, or the operating system refused to open it. The evidence has its words.',
    remedy: 'Try the same with ssh, which tells more with -v; the log of sshd on the host knows its side of it.',
    look: { here: ['ssh -v HOST true'], onHost: ['journalctl -u ssh -n 50'] },
  },
  CONNECT_REFUSED: {
    cause:
      'The machine is there and said at once that nothing listens on that port: sshd does not run, listens on another ' +
      'port, or a firewall rejects the connection.',
    remedy:
      'Give the right port (ssh.port in the flags file, Port in ssh_config, host:port with --host), or start sshd by ' +
      'another way into the machine.',
    look: { here: ['ssh -v -p PORT HOST true', 'ssh -G HOST | grep -E "^(hostname|port) "'] },
  },
  CONNECT_TIMEOUT: {
    cause:
      'Nothing came back for 20 seconds, or no session was ready after as long: the machine is down, the address is ' +
      'not its, a firewall drops the packets without a word, or something answers that never gets to the point. The ' +
      'time in which you are asked something does not count.',
    remedy: 'Check the address, that the machine is up, that the VPN is, and which addresses its firewall lets in.',
    look: { here: ['ping -c 3 HOST', 'ssh -v HOST true'] },
  },
  CONNECTION_LOST: {
    cause:
      'The connection ended while something ran on the host: the network broke, the host went down or out of memory, or ' +
      'sshd was restarted. What the last command has done is unknown, so nothing is guessed and nothing is taken back ' +
      'without looking.',
    remedy:
      'Run the same command again: it looks at the host first, finds what was done, and goes on from that. When it ' +
      'happens again at the same place, look what the host does there.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml'], onHost: ['uptime; last reboot | head -3; dmesg | tail'] },
  },
  HOST_NAME_UNKNOWN: {
    cause:
      'The name of the host has no address: a typing mistake, a DNS that does not know it (yet) or does not answer, or ' +
      'an alias of an ssh_config that is not the one being read.',
    remedy: 'Correct the name, give the address itself, or add HostName to its entry in ssh_config.',
    look: { here: ['getent hosts NAME', 'ssh -G NAME | grep ^hostname'] },
  },
  HOST_UNREACHABLE: {
    cause:
      'There is no route to the address: the network of this computer is down, a VPN is not connected, or the address ' +
      'is of a network that is not reached from here.',
    remedy: 'Connect the VPN, check the address, or reach the host by way of another one with ProxyJump in ssh_config.',
    look: { here: ['ip route get ADDRESS', 'ping -c 3 HOST'] },
  },
  NO_SSH_SERVER: {
    cause:
      'Something answers on that port, and it does not speak SSH; or it is an sshd that hung up before its first word. ' +
      'Many logins at a time (MaxStartups), fail2ban and DenyHosts make an sshd do that.',
    remedy: 'Give the port of sshd. When it is the right one, wait a minute, and look whether your address is banned.',
    look: { here: ['nc HOST PORT  # an sshd says: SSH-2.0-...'], onHost: ['fail2ban-client status sshd'] },
  },
  NO_COMMON_ALGORITHM: {
    cause:
      'The host and whoever speaks to it have no secure algorithm in common for key exchange, cipher, MAC or host key. The host ' +
      'offers only what is outdated (SHA-1, CBC), or has been restricted to post-quantum key exchange.',
    remedy:
      'Where ssh itself gets in, give --transport openssh: it knows post-quantum key exchange, too. Otherwise allow one ' +
      'that is modern and not exotic in its sshd_config: curve25519-sha256, aes128-gcm@openssh.com or ' +
      'aes128-ctr, hmac-sha2-256, ssh-ed25519 or rsa-sha2-512. The sshd of Ubuntu 18.04 has all of them by default.',
    look: {
      here: ['ssh -vv HOST true 2>&1 | grep -E "kex:|peer server"'],
      onHost: ['sshd -T | grep -E "kexalg|ciphers|macs"'],
    },
  },
  JUMP_HOST_FAILED: {
    cause:
      'The login to the jump host worked, and it could not connect to the host behind it: it does not know the name, ' +
      'nothing listens there, or its sshd forbids forwarding.',
    remedy:
      'Check name and port as seen from the jump host, and that its sshd_config has not AllowTcpForwarding no or a ' +
      'PermitOpen without that host.',
    look: { here: ['ssh JUMP nc -zv HOST 22', 'ssh -J JUMP HOST true'] },
  },
  HOST_KEY_UNKNOWN: {
    cause:
      'ssh has never met the host under this name and port from this account, so nobody can tell it from somebody in ' +
      'between. In a terminal you are asked; elsewhere it is refused. Nothing secret was sent.',
    remedy:
      'Compare the fingerprint with that of the host, on its console or from its provider. Then log in once with ssh, ' +
      'or run it again with --accept-new-host-key. In CI, write the line of ssh-keyscan that you have compared into ' +
      'known_hosts.',
    look: {
      here: ['ssh-keyscan HOST | ssh-keygen -lf -'],
      onHost: ['ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'],
    },
  },
  HOST_KEY_CHANGED: {
    cause:
      'known_hosts has another key for this host, or only keys of other types than the one it showed. The machine was ' +
      'set up anew, the address was given to another machine, or somebody is in between. No option goes on in spite of ' +
      'it, and nothing secret was sent.',
    remedy:
      'Find out why, from whoever runs the host, and compare the fingerprints in the evidence. Only then remove the old ' +
      'key, with the command in the message, and connect again.',
    look: { here: ['ssh-keygen -F HOST'], onHost: ['ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub'] },
  },
  HOST_KEY_REVOKED: {
    cause:
      'The key that the host showed is marked @revoked in known_hosts: somebody has said that it must not be trusted any ' +
      'more, because it was copied, for instance.',
    remedy: 'Do not connect. Ask whoever revoked it which key the host has now.',
    look: { here: ['grep -n @revoked ~/.ssh/known_hosts /etc/ssh/ssh_known_hosts'] },
  },
  HOST_KEY_NOT_PINNED: {
    cause:
      'The key that the host showed is none of those in ssh.host-key. Where that setting is given, it alone decides: ' +
      'known_hosts is not asked, and no option goes on in spite of it. Nothing secret was sent. A host has a key of each ' +
      'type, and shows one of them only.',
    remedy:
      "Compare the offered fingerprint with the host's own, on its console or from its provider. Only if it is one of " +
      'them, add it to ssh.host-key; a list holds those of all types.',
    look: { onHost: ['for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done'] },
  },
  HOST_CERTIFICATE_UNSUPPORTED: {
    cause:
      'known_hosts knows the host only by a certificate authority (@cert-authority), and the built-in transport cannot ' +
      'use certificates of hosts: the plain key of the host cannot be checked against it.',
    remedy:
      'Give --transport openssh, or ssh.transport: openssh in the flags file: the ssh of this computer then checks the ' +
      'certificate. Or add the plain key of the host to known_hosts: compare the fingerprint, then write down the line ' +
      'of ssh-keyscan.',
    look: { here: ['ssh-keyscan HOST | ssh-keygen -lf -', 'ssh-keyscan HOST >> ~/.ssh/known_hosts'] },
  },
  KNOWN_HOSTS_UNREADABLE: {
    cause:
      'A file of known hosts that ssh_config names is there and cannot be read: its permissions, or it is not a regular ' +
      'file. An empty list instead of it would make every host look new.',
    remedy: 'Make it readable for you, or name another one with UserKnownHostsFile in ssh_config.',
    look: { here: ['ssh -G HOST | grep knownhosts', 'ls -l ~/.ssh/known_hosts'] },
  },
  KNOWN_HOSTS_UNWRITABLE: {
    cause: 'You said that the new key of the host is to be trusted, and it could not be added to known_hosts.',
    remedy: 'Make the file writable for you, or add the line yourself. It would be asked again each time otherwise.',
    look: { here: ['ls -ld ~/.ssh ~/.ssh/known_hosts; df ~/.ssh'] },
  },
  SSH_CONFIG_UNREADABLE: {
    cause:
      'What ssh_config says of a host is asked of ssh itself, and `ssh -G` failed: a line that it does not know, an ' +
      'Include that is not there, permissions that it finds unsafe, or a file of --ssh-config that does not exist.',
    remedy: 'Repair the line that the evidence names, until ssh -G says nothing but settings.',
    look: { here: ['ssh -G HOST', 'ssh -G -F FILE HOST'] },
  },
  SSH_PROGRAM_UNUSABLE: {
    cause:
      'With --transport openssh the ssh of this computer makes the connection, and it could not be started, or is too ' +
      'old for what it was asked to do (ssh.host-key needs OpenSSH 8.5).',
    remedy: 'Install the OpenSSH client and see that it is in PATH, or leave out --transport openssh.',
    look: { here: ['ssh -V', 'apt-get install openssh-client'] },
  },
  SSH_CONFIG_UNSUPPORTED: {
    cause:
      'ssh_config says of this host what cannot be done: a ProxyCommand, which only the ssh of this computer can use, ' +
      'or a chain of more than eight jump hosts, which is nearly always one that leads back to itself.',
    remedy:
      'Give --transport openssh, or ssh.transport: openssh in the flags file, for a ProxyCommand; or say it as ' +
      'ProxyJump. For another file of settings, use --ssh-config or ssh.config-file.',
    look: { here: ['ssh -G HOST | grep -i proxy'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
