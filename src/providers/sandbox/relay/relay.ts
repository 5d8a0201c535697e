import {relayAddress} from '../../provider.ts';
import {nodeRelay} from './node.ts';
import {perlRelay} from './perl.ts';
import {pythonRelay} from './python.ts';

/** Where a sandbox whose network is a list sees the proxy's socket. */
export const egressPlace = '/run/trails-egress';

const port = new URL(relayAddress).port;

/** In the order in which an image is looked at: the smaller and quicker ones first. */
const programs = [
  {interpreter: 'perl', file: 'relay.pl', content: perlRelay},
  {interpreter: 'python3 -I', file: 'relay.py', content: pythonRelay},
  {interpreter: 'node', file: 'relay.cjs', content: nodeRelay},
] as const;

/** Returns when connections are taken, so that the agent's first one is. */
const starter = `#!/bin/sh
# Starts what carries 127.0.0.1:${port} to the proxy of this session; run it again if it was ended.
here=\${0%/*}
socket=\${1:-${egressPlace}/proxy.sock}
port=\${2:-${port}}
${programs
  .map(
    ({interpreter, file}) =>
      `command -v ${interpreter.split(' ')[0]} >/dev/null && ${interpreter} "$here/${file}" "$socket" "$port" </dev/null >/dev/null 2>&1 && exit 0\n`,
  )
  .join('')}echo 'trails: no way to the network: it needs perl, python3 or node in this image, and port '"$port"' free.'
exit 1
`;

/** What carries a port of the sandbox's own loopback to a proxy outside: read-only beside the agent's command. */
export const relayFiles: Readonly<Record<string, string>> = {
  relay: starter,
  ...Object.fromEntries(programs.map(({file, content}) => [file, content])),
};

/** For a sandbox that has none this is nothing. */
export const startRelay = (directory: string): string =>
  `[ ! -r ${directory}/relay ] || (unset NODE_OPTIONS PERL5OPT; exec sh ${directory}/relay)\n`;

const own = 'localhost,127.0.0.1,::1';

/** Everything that goes out asks there: curl and git, pip and npm, and Node's own fetch. */
export const relayVariables: Readonly<Record<string, string>> = {
  HTTP_PROXY: relayAddress,
  HTTPS_PROXY: relayAddress,
  http_proxy: relayAddress,
  https_proxy: relayAddress,
  NO_PROXY: own,
  no_proxy: own,
  NODE_USE_ENV_PROXY: '1',
};
