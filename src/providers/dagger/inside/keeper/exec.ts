/** A further process, in a process of its own that looks after it as long as the other side is there. */
export const execPerl = String.raw`
# What is left behind by a process of ours that ended becomes our child: so nothing is out of reach. Numbers of prctl, where known.
sub adopt {
  my $number = {x86_64 => 157, aarch64 => 167, riscv64 => 167}->{(POSIX::uname())[4]} or return;
  syscall $number, 36, 1, 0, 0, 0;
}

sub living_below_us {
  my %parent;
  for my $pid (processes()) {
    my $is = status_of($pid) or next;
    $parent{$pid} = $is->{PPid} unless $is->{State} eq 'Z';
  }
  my %ours = ($$ => 1);
  my $more = 1;
  while ($more) {
    $more = 0;
    for (keys %parent) { $ours{$_} = $more = 1 if !$ours{$_} && $ours{$parent{$_}} }
  }
  delete $ours{$$};
  return keys %ours;
}

sub end_all_below_us {
  my ($root) = @_;
  for (1 .. 100) {
    my @all = living_below_us() or return;
    $root ? kill 'KILL', @all : among_agents(sub { kill 'KILL', @all });
    # One that is no agent yet is root's still.
    for (@all) { my $is = status_of($_); kill 'KILL', $_ if $is && !$is->{Uid} && $is->{PPid} == $$ }
    await_any([], [], 0.005);
  }
}

# The process, what takes its input, and from where its output comes: each with the kind of frame it goes in.
sub begin {
  my ($columns, $rows, $command) = @_;
  if ($columns) {
    my ($master, $slave) = terminal($columns, $rows);
    defined(my $pid = fork) or die "no process: $!\n";
    unless ($pid) { on_terminal($slave); become($command) }
    return ($pid, $master, [$master, K_STDOUT]);
  }
  pipe(my $in, my $to) && pipe(my $from, my $out) && pipe(my $complaints, my $err) or die "no pipe: $!\n";
  defined(my $pid = fork) or die "no process: $!\n";
  unless ($pid) {
    POSIX::setsid();
    POSIX::dup2(fileno $in, 0);
    POSIX::dup2(fileno $out, 1);
    POSIX::dup2(fileno $err, 2);
    become($command);
  }
  never_waits($_) for $to, $from, $complaints;
  return ($pid, $to, [$from, K_STDOUT], [$complaints, K_STDERR]);
}

# Serves this talk until the command is over or the other side is gone. Never returns.
sub serve {
  my ($talk, $payload) = @_;
  my ($columns, $rows, $rest) = unpack 'n n a*', $payload;
  my $command = command_of($rest);
  adopt();
  my ($pid, $to, @from) = begin($columns, $rows, $command);
  my ($input, $at_end, $taken, $code, $killed) = ('', 0, 0);
  my $asked = sub {
    my ($kind, $payload) = @_;
    if ($kind == K_STDIN) {
      $input .= $payload;
      die if length $input > 2 * $window;
    } elsif ($kind == K_STDIN_END) {
      # A terminal has no end; it has a key for it.
      $columns ? ($input .= "\x04") : ($at_end = 1);
    } elsif ($kind == K_RESIZE) {
      resize_terminal($to, (unpack 'N n n', $payload)[1, 2]) if $columns;
    } elsif ($kind == K_KILL) {
      end_all_below_us($command->{root});
    } else {
      die;
    }
  };
  # What came together with the question.
  hand_on($talk, $asked);
  while (1) {
    while ((my $gone = waitpid -1, POSIX::WNOHANG()) > 0) { $code = code_of($?) if $gone == $pid }
    last if defined $code || $talk->{over};
    if ($at_end && $to && !length $input) { close $to; undef $to }
    my @reads = (fileno $talk->{file}, length $talk->{out} < $window ? map { fileno $_->[0] } @from : ());
    my @writes = (length $talk->{out} ? fileno $talk->{file} : (), $to && length $input ? fileno $to : ());
    my ($readable, $writable) = await_any(\@reads, \@writes, @from ? 0.1 : 0.01);
    hear($talk, $asked) if vec $readable, fileno $talk->{file}, 1;
    if ($to && length $input && vec $writable, fileno $to, 1) {
      my $count = syswrite $to, $input, $piece;
      # Nobody reads it any more: it is taken all the same.
      $count = length $input if !defined $count && !waits();
      substr($input, 0, $count || 0) = '';
      put($talk, K_TAKEN, pack 'Q>', $taken += $count || 0);
    }
    for my $one (splice @from) {
      my ($file, $kind) = @$one;
      my $open = 1;
      $open = drain($file, sub { put($talk, $kind, $_[0]) }, $piece) if vec $readable, fileno $file, 1;
      push @from, $one if $open;
    }
    pass_on($talk);
  }
  # What it had written before it ended, and no more: others of its streams may write for ever.
  for (@from) {
    my ($file, $kind) = @$_;
    my $take = sub { put($talk, $kind, $_[0]) };
    if ($columns) { drain_to_end($file, $take); next }
    my $there = pack 'i', 0;
    ioctl $file, $call{there}, $there;
    drain($file, $take, unpack 'i', $there) if unpack 'i', $there;
  }
  put($talk, K_EXIT, pack 'C', $code) if defined $code;
  while (length $talk->{out} && !$talk->{over}) {
    my ($readable) = await_any([fileno $talk->{file}], [fileno $talk->{file}], 1);
    hear($talk, $asked) if vec $readable, fileno $talk->{file}, 1;
    pass_on($talk);
  }
  end_all_below_us($command->{root}) unless defined $code;
  POSIX::_exit(0);
}
`;
