/** The loop that never waits for anybody: the agent's terminal, its record, and who asks. */
export const mainPerl = String.raw`
my ($agent, $master, $state, $began, $last_key) = (0, undef, 'idle', 0, '');
# What was typed and is not with the agent yet; how much was ever heard of it, how much has arrived.
my ($input, $heard, $taken) = ('', 0, 0);
my ($quiet_until, $look_at, $asked_to_end) = (0, 0, 0);
# Who asks; of them the one that follows the record.
my (@talks, $host, $listener);
my $instance = unpack 'H*', do { open my $random, '<', '/dev/urandom' or die; sysread $random, my $bytes, 16; $bytes };

sub leave_behind { close $_ for grep { $_ } $listener, $master, map { $_->{file} } @talks }

# Told when all that was printed before has been.
sub mark { push @{$host->{marks}}, [$end, @_] if $host }
sub be { $state = $_[0]; mark(K_STATE, $state) }

sub spawn {
  my ($columns, $rows, $command) = @_;
  ($master, my $slave) = terminal($columns, $rows);
  $agent = fork;
  if (!defined $agent) { ($agent, $master) = (0); die "no process: $!\n" }
  unless ($agent) { on_terminal($slave); become($command) }
  $began = $end;
  be('running');
}

sub signal_agents {
  my ($name) = @_;
  # One that has just been born is root's for a moment.
  my $is = $agent ? status_of($agent) : undef;
  signal_all($name);
  kill $name, $agent if $is && $is->{Uid} == 0;
}

sub signalled {
  my ($name) = @_;
  die if $name !~ /^(TERM|HUP|KILL|STOP|CONT)\z/;
  return unless $agent;
  signal_agents($name);
  return be('paused') if $name eq 'STOP' && $state eq 'running';
  if ($state eq 'paused' && $name ne 'STOP') {
    signal_agents('CONT') if $name ne 'CONT';
    be('running');
  }
}

sub ended {
  my ($status) = @_;
  signal_all('KILL');
  drain_to_end($master, \&record);
  close $master;
  ($agent, $master, $input, $taken) = (0, undef, '', $heard);
  put($host, K_TAKEN, pack 'Q>', $taken) if $host;
  be('exited ' . code_of($status));
}

sub typed {
  my ($position, $bytes) = unpack 'Q> a*', $_[0];
  die if $position > $heard;
  # Said again behind a break.
  my $known = $heard - $position;
  return if $known >= length $bytes;
  $bytes = substr $bytes, $known;
  $heard += length $bytes;
  if (!$agent) { put($host, K_TAKEN, pack 'Q>', $taken = $heard); return }
  $input .= $bytes;
  die if length $input > 2 * $window;
}

sub type_on {
  my $count = syswrite $master, $input, $piece;
  return if !defined $count && waits();
  $count = length $input unless defined $count;
  substr($input, 0, $count) = '';
  put($host, K_TAKEN, pack 'Q>', $taken += $count) if $host;
}

my %answer = (
  K_FOLLOW, sub {
    my ($talk, $payload) = @_;
    my $position = unpack 'Q>', $payload;
    die if $position > $end;
    $host->{over} = 1 if $host && $host != $talk;
    $host = $talk;
    $talk->{position} = $position < start_of_record() ? start_of_record() : $position;
    $talk->{marks} = [];
    mark(K_STATE, $state);
  },
  K_SPAWN, sub {
    my ($talk, $payload) = @_;
    my ($id, $key, $columns, $rows, $rest) = unpack 'N a16 n n a*', $payload;
    my $command = command_of($rest);
    # Asked again behind a break.
    if ($key ne $last_key) {
      return put($talk, K_REFUSED, pack('N', $id) . 'An agent runs there already') if $agent;
      eval { spawn($columns, $rows, $command); 1 } or return put($talk, K_REFUSED, pack('N', $id) . $@);
      $last_key = $key;
    }
    mark(K_REPLY, pack 'N Q>', $id, $began);
  },
  K_INPUT, sub { typed($_[1]) },
  K_RESIZE, sub {
    my ($id, $columns, $rows) = unpack 'N n n', $_[1];
    if ($master) {
      drain($master, \&record, 4 * $piece);
      resize_terminal($master, $columns, $rows);
    }
    mark(K_REPLY, pack 'N Q>', $id, $end);
  },
  K_SIGNAL, sub {
    my ($id, $name) = unpack 'N a*', $_[1];
    signalled($name);
    mark(K_REPLY, pack 'N', $id);
  },
  K_ACK, sub {
    my ($talk, $payload) = @_;
    my $position = unpack 'Q>', $payload;
    die if $position > $talk->{position};
    forget(int($position / $segment));
  },
  K_STATS, sub {
    my ($talk, $payload) = @_;
    put($talk, K_REPLY, $payload . join ' ', int(100 * now()), $agent ? used() : (0, 0, 0));
  },
  K_END, sub { $asked_to_end = 1 },
);

sub asked {
  my ($talk, $kind, $payload) = @_;
  if ($kind == K_EXEC && !$host || $kind == K_EXEC && $host != $talk) {
    defined(my $pid = fork) or die;
    if ($pid) { $talk->{handed} = 1; return }
    @talks = grep { $_ != $talk } @talks;
    leave_behind();
    $SIG{TERM} = 'DEFAULT';
    eval { serve($talk, $payload) };
    POSIX::_exit(1);
  }
  die if $kind != K_FOLLOW && (!$host || $host != $talk);
  $answer{$kind}->($talk, $payload);
}

# Hands on what was recorded, and between it what was marked there, as far as there is room.
sub fill {
  my $marks = $host->{marks};
  while (length $host->{out} < $window) {
    if (@$marks && $marks->[0][0] <= $host->{position}) {
      my (undef, $kind, $payload) = @{shift @$marks};
      put($host, $kind, $payload);
      next;
    }
    my $until = @$marks ? $marks->[0][0] : $end;
    last if $host->{position} >= $until;
    $host->{position} = start_of_record() if $host->{position} < start_of_record();
    my $bytes = recorded($host->{position}, $until - $host->{position});
    # Not on the disk any more: the talk ends, and the next one begins at what there is.
    return $host->{over} = 1 unless length $bytes;
    put($host, K_OUTPUT, pack('Q>', $host->{position}) . $bytes);
    $host->{position} += length $bytes;
  }
}

sub reap {
  while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
    my $status = $?;
    if ($pid == $agent) { ended($status) }
    elsif ($pid == $dialer) { $dialer = 0; $dial_at = now() + $pause }
  }
}

sub turn {
  reap();
  if ($host && now() >= $look_at) {
    put($host, K_NOTICE, $_) for changed();
    $look_at = now() + 0.15;
  }
  fill() if $host;
  pass_on($_) for @talks;
  $_->{handed} || $_->{over} and close $_->{file} for @talks;
  $host = undef if $host && $host->{over};
  @talks = grep { !$_->{handed} && !$_->{over} } @talks;
  my $listens = $master && now() >= $quiet_until;
  my @reads = (fileno $listener, $listens ? fileno $master : (), map { fileno $_->{file} } @talks);
  my @writes = ($master && length $input ? fileno $master : (), map { length $_->{out} ? fileno $_->{file} : () } @talks);
  my ($readable, $writable) = await_any(\@reads, \@writes, $host ? 0.1 : 0.2);
  if ($listens && vec $readable, fileno $master, 1) {
    # The agent has let go of its terminal, and may take hold of it again.
    $quiet_until = now() + 0.2 unless drain($master, \&record, $piece);
  }
  type_on() if $master && length $input && vec $writable, fileno $master, 1;
  for my $talk (grep { vec $readable, fileno $_->{file}, 1 } @talks) {
    hear($talk, sub { asked($talk, @_) });
  }
  if (vec($readable, fileno $listener, 1) && accept my $file, $listener) {
    my $talk = talk($file);
    push @talks, $talk;
    put($talk, K_HELLO, $instance . pack 'Q>4', start_of_record(), $end, $heard, $taken);
  }
}

sub keep {
  my @server = server();
  mkdir $record, 0700;
  unlink "$place/control";
  socket($listener, AF_UNIX, SOCK_STREAM, 0) && bind($listener, sockaddr_un("$place/control")) && listen($listener, 64)
    or die "no $place/control: $!\n";
  chmod 0600, "$place/control";
  never_waits($listener);
  $SIG{TERM} = $SIG{INT} = sub { $asked_to_end = 1 };
  changed();
  until ($asked_to_end) {
    turn();
    dial(\&leave_behind, @server) if !$dialer && now() >= $dial_at;
  }
  signal_all('KILL');
  kill 'TERM', $dialer if $dialer;
}

# Between one channel and the keeper.
sub carry {
  my $keeper = connected("$place/control") or die "no keeper: $!\n";
  between([\*STDIN, $keeper], [$keeper, \*STDOUT]);
}

$SIG{PIPE} = $SIG{HUP} = 'IGNORE';
# So that waiting ends when a child does.
$SIG{CHLD} = sub { };
if (($ARGV[0] || '') eq 'client') { carry() } else { keep() }
`;
