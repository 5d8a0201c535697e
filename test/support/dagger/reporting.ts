import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type {Recipe} from '../../../src/providers/dagger/connection/engine.ts';

/** Says what it sees to the socket that it dials, and stays until somebody is there no more. */
const program = String.raw`
use strict; use IO::Socket::UNIX;
my $host = IO::Socket::UNIX->new(Peer => '/run/trails-link/socket') or die "no way out: $!";
my $report = sub { my $as = shift; my $said = qx($as 2>&1); print $host "== $as\n$said"; };
$report->('id -u');
$report->('stat -c "%a %u:%g %n" /workspace /workspace/a /workspace/link /run/trails-link/reporter /run/trails-link/keys/host /run/trails-link/socket');
$report->('cat /run/trails-link/keys/host');
$report->('printenv FOO');
$report->('setpriv --reuid 1000 --regid 1000 --clear-groups cat /run/trails-link/keys/host');
$report->(q{setpriv --reuid 1000 --regid 1000 --clear-groups perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new(Peer => "/run/trails-link/socket") ? "in\n" : "out\n"'});
print $host "== end\n";
my $never = <$host>;
`;

export interface Dialled {
  readonly said: Promise<string>;
  readonly gone: Promise<void>;
}

/** What dials a socket of ours, once. */
export async function listen(socketPath: string): Promise<Dialled> {
  const said = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  const server = net.createServer(socket => {
    let text = '';
    socket.on('data', piece => {
      text += piece;
      if (text.endsWith('== end\n')) said.resolve(text);
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      server.close();
      gone.resolve();
    });
  });
  await new Promise<void>(resolve => server.listen(socketPath, resolve));
  return {said: said.promise, gone: gone.promise};
}

export const secret = 'SECRET-of-a-real-test\nsecond-line-of-it\n';

/** Of a service that reports, with everything in it that a recipe can have. */
export function reportingRecipe(image: string, directory: string, unique: string): Recipe {
  const workspace = path.join(directory, 'workspace');
  mkdirSync(workspace);
  writeFileSync(path.join(workspace, 'a'), 'A', {mode: 0o640});
  symlinkSync('/etc/shadow', path.join(workspace, 'link'));
  return {
    ...{image, unique, env: {FOO: 'a "b" $HOME'}},
    uploads: [{source: workspace, target: '/workspace', owner: {uid: 1000, gid: 1000}}],
    files: [
      {target: '/run/trails-link/reporter', content: program, mode: 0o600},
      {target: '/run/trails-link/keys/host', content: secret, mode: 0o600, secret: true},
    ],
    socket: {source: path.join(directory, 's.sock'), target: '/run/trails-link/socket'},
    args: ['perl', '/run/trails-link/reporter'],
  };
}
