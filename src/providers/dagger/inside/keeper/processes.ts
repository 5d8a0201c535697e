import {agentUser} from '../places.ts';

const {uid, gid} = agentUser;

/** The agent's user: running as it, signals to all of it, what it uses. */
export const processesPerl = String.raw`
my $usual_path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
my ($setpriv) = grep { -x } map { "$_/setpriv" } split /:/, $usual_path;
my @as_agent = ($setpriv || 'setpriv', qw(--reuid=${uid} --regid=${gid} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all --));

# Who, where, with what, and what: a list of texts from the other side. Dies where it cannot be.
sub command_of {
  my ($where, $who, $count, @rest) = unpack '(N/a)*', $_[0];
  die if $count !~ /^[1-9]\d{0,5}\z/ || $count > @rest || grep { /\0/ } $where, @rest;
  my @argv = splice @rest, 0, $count;
  die if @rest % 2;
  my %env = @rest;
  return {where => $where, root => $who eq 'root', argv => \@argv, env => \%env};
}

# In a child: becomes the command, whose streams are in place.
sub become {
  my ($command) = @_;
  $SIG{$_} = 'DEFAULT' for qw(PIPE HUP TERM INT CHLD);
  umask 022;
  # Where memory runs out, what the agent does is ended first.
  if (open my $score, '>', '/proc/self/oom_score_adj') { print $score 500; close $score }
  $ENV{PATH} = $usual_path unless length($ENV{PATH} || '');
  %ENV = (%ENV, %{$command->{env}});
  my @argv = @{$command->{argv}};
  unless (chdir $command->{where}) {
    print STDERR "trails: no directory $command->{where}: $!\n";
    POSIX::_exit(126);
  }
  unshift @argv, @as_agent unless $command->{root};
  exec {$argv[0]} @argv;
  my ($code, $why) = ($!{ENOENT} ? 127 : 126, "$!");
  print STDERR "trails: $argv[0]: $why\n";
  POSIX::_exit($code);
}

sub code_of {
  my ($status) = @_;
  return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

# Does it as somebody who may signal the agent's processes and no others, and whom none of them may signal. Without CAP_KILL all
# three ids count: the real one is nobody's, the saved one stays root's.
sub among_agents {
  my ($do) = @_;
  $< = 65533;
  $> = ${uid};
  $do->() if $> == ${uid};
  $> = 0;
  $< = 0;
}

# The kernel does it at one stroke: none that is being born is missed.
sub signal_all {
  my ($name) = @_;
  among_agents(sub { kill $name, -1 });
}

sub status_of {
  my ($pid) = @_;
  open my $file, '<', "/proc/$pid/status" or return;
  my %is = map { /^(\w+):\s+(\w+)/ ? ($1, $2) : () } <$file>;
  return \%is;
}

sub processes {
  opendir my $all, '/proc' or return;
  return grep { /^\d+\z/ } readdir $all;
}

# Hundredths of a second of running, bytes of memory, and how many there are; of those that have ended their parents' count tells.
sub used {
  my ($ticks, $bytes, $count) = (0, 0, 0);
  for my $pid (processes()) {
    my $is = status_of($pid) or next;
    next if $is->{Uid} != ${uid} || $is->{State} eq 'Z';
    open my $file, '<', "/proc/$pid/stat" or next;
    # Behind the name, which may hold anything.
    my @fields = split / /, (split /\) /, do { local $/; <$file> || '' })[-1];
    $ticks += $fields[$_] || 0 for 11 .. 14;
    $bytes += 1024 * (defined $is->{RssAnon} ? $is->{RssAnon} + ($is->{RssShmem} || 0) : $is->{VmRSS} || 0);
    $count += 1;
  }
  return ($ticks, $bytes, $count);
}
`;
