import {agentUser, insidePlace, keysPlace} from '../places.ts';
import {dialPerl} from './dial.ts';
import {execPerl} from './exec.ts';
import {framesPerl} from './frames.ts';
import {mainPerl} from './main.ts';
import {noticesPerl} from './notices.ts';
import {processesPerl} from './processes.ts';
import {recordPerl} from './record.ts';
import {terminalPerl} from './terminal.ts';

const head = `
use strict;
use Errno ();
use Fcntl;
use POSIX ();
use Socket;
# Nobody else has any business where this is.
my ($place, $keys) = ('${insidePlace}', '${keysPlace}');
umask 077;
chmod 0700, $place, $keys;
# What an engine tells programs inside it is not for the agent.
delete $ENV{$_} for grep { /^(OTEL_|_?DAGGER_|_EXPERIMENTAL_DAGGER_|TRACEPARENT|BAGGAGE)/ } keys %ENV;
# A user without a name is asked for one by ssh, git and prompts.
sub add_line {
  my ($file, $line) = @_;
  open my $out, '>>', $file or return;
  print $out "$line\n";
}
my ($uid, $gid) = (${agentUser.uid}, ${agentUser.gid});
add_line('/etc/group', "agent:x:$gid:") unless getgrgid $gid or getgrnam 'agent';
add_line('/etc/passwd', "agent:x:$uid:$gid:agent:/home/agent:/bin/sh") unless getpwuid $uid or getpwnam 'agent';
`;

/** What root runs inside: for images with perl-base, util-linux, and dropbear or sshd. */
export const keeperText = [
  head,
  framesPerl,
  recordPerl,
  processesPerl,
  terminalPerl,
  execPerl,
  noticesPerl,
  dialPerl,
  mainPerl,
].join('');
