import {insidePlace, keysPlace} from '../places.ts';
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
delete $ENV{$_} for grep { /^(OTEL_|_?DAGGER_|_EXPERIMENTAL_DAGGER_|TRACEPARENT)/ } keys %ENV;
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
