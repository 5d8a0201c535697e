import {agentUser} from '../places.ts';

/** Pseudo-terminals by hand: perl-base has no module for them. */
export const terminalPerl = String.raw`
# As Linux numbers them on x86, arm and risc-v.
my %call = (number => 0x80045430, unlock => 0x40045431, own => 0x540E, size => 0x5414, there => 0x541B);

# The two ends of a new one, of this size from the first byte on.
sub terminal {
  my ($columns, $rows) = @_;
  sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or die "no /dev/ptmx: $!\n";
  my ($unlocked, $number) = (pack('i', 0), pack('i', 0));
  ioctl($master, $call{unlock}, $unlocked) && ioctl($master, $call{number}, $number) or die "no terminal: $!\n";
  my $name = '/dev/pts/' . unpack 'i', $number;
  sysopen my $slave, $name, O_RDWR | O_NOCTTY or die "no $name: $!\n";
  chown ${agentUser.uid}, -1, $name;
  resize_terminal($master, $columns, $rows);
  never_waits($master);
  return ($master, $slave);
}

sub resize_terminal {
  my ($master, $columns, $rows) = @_;
  my $size = pack 'S4', $rows, $columns, 0, 0;
  ioctl $master, $call{size}, $size;
}

# In a child: the terminal is its own, and all three streams.
sub on_terminal {
  my ($slave) = @_;
  POSIX::setsid();
  ioctl $slave, $call{own}, 0;
  POSIX::dup2(fileno $slave, $_) for 0 .. 2;
}

# What can be read now without waiting; the result is whether there may be more some time.
sub drain {
  my ($file, $take, $most) = @_;
  while ($most > 0) {
    my $count = sysread $file, my $bytes, $piece;
    return defined $count || !waits() ? 0 : 1 unless $count;
    $take->($bytes);
    $most -= $count;
  }
  return 1;
}

# To the very end, which comes when nobody holds the other end any more; one second where somebody does.
sub drain_to_end {
  my ($file, $take) = @_;
  my $until = now() + 1;
  while (drain($file, $take, 1 << 20) && now() < $until) {
    await_any([fileno $file], [], 0.1);
  }
}
`;
