/** The relay for images with perl: perl-base, which every Debian has, is enough. */
export const perlRelay = `use strict;
use Errno qw(EAGAIN EINTR);
use POSIX ();
use Socket;

my ($proxy, $port) = @ARGV;
my ($size, $most) = (131072, 250);
$SIG{PIPE} = $SIG{HUP} = 'IGNORE';

socket(my $server, AF_INET, SOCK_STREAM, 0) or exit 1;
setsockopt($server, SOL_SOCKET, SO_REUSEADDR, 1);
bind($server, sockaddr_in($port, INADDR_LOOPBACK)) && listen($server, 128) or exit 1;
# It takes connections: whoever started it can go on.
exit 0 if fork;
POSIX::setsid();

# By descriptor: the handle, who is at the other end, what was read and not written yet, no more to read, no more to write.
my (%handle, %peer, %held, %ended, %closed);
my ($reads, $writes) = ('', '');
my $listening = fileno $server;
vec($reads, $listening, 1) = 1;

sub drop {
  # Copies: an argument may be the very entry that is deleted.
  my @both = @_;
  for my $one (@both) {
    vec($reads, $one, 1) = vec($writes, $one, 1) = 0;
    close $handle{$one} if $handle{$one};
    delete $_->{$one} for \\(%handle, %peer, %held, %ended, %closed);
  }
}

sub open_pair {
  accept(my $client, $server) or return;
  socket(my $upstream, AF_UNIX, SOCK_STREAM, 0) or return;
  connect($upstream, sockaddr_un($proxy)) or return;
  setsockopt($client, Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1);
  my ($one, $other) = (fileno $client, fileno $upstream);
  for ([$one, $client, $other], [$other, $upstream, $one]) {
    my ($fd, $file, $far) = @$_;
    fcntl($file, POSIX::F_SETFL(), POSIX::O_NONBLOCK() | POSIX::O_RDWR());
    ($handle{$fd}, $peer{$fd}, $held{$fd}) = ($file, $far, '');
    vec($reads, $fd, 1) = 1;
  }
}

# Writes what came from one end to the other. False: the pair is gone.
sub pass {
  my ($from) = @_;
  my $to = $peer{$from};
  if (length $held{$from}) {
    my $count = syswrite $handle{$to}, $held{$from};
    if (!defined $count) {
      if ($! != EAGAIN && $! != EINTR) { drop($from, $to); return 0 }
      $count = 0;
    }
    substr($held{$from}, 0, $count) = '';
  }
  my $full = length $held{$from} ? 1 : 0;
  vec($writes, $to, 1) = $full;
  vec($reads, $from, 1) = $full || $ended{$from} ? 0 : 1;
  if ($ended{$from} && !$full && !$closed{$to}) {
    shutdown $handle{$to}, 1;
    $closed{$to} = 1;
    if ($closed{$from}) { drop($from, $to); return 0 }
  }
  return 1;
}

sub take {
  my ($from) = @_;
  my $count = sysread $handle{$from}, $held{$from}, $size;
  if (!defined $count) {
    return if $! == EAGAIN || $! == EINTR;
    return drop($from, $peer{$from});
  }
  $ended{$from} = 1 if $count == 0;
  pass($from);
}

while (1) {
  vec($reads, $listening, 1) = keys(%handle) < 2 * $most ? 1 : 0;
  my $count = select(my $readable = $reads, my $writable = $writes, undef, undef);
  next if $count <= 0;
  for my $fd (keys %handle) {
    pass($peer{$fd}) || next if $handle{$fd} && vec($writable, $fd, 1);
    take($fd) if $handle{$fd} && vec($readable, $fd, 1) && vec($reads, $fd, 1);
  }
  open_pair() if vec($readable, $listening, 1);
}
`;
