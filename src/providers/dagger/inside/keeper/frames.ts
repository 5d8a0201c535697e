import {kinds, mostToKeeper, windowBytes} from '../frames.ts';

const constants = Object.entries(kinds)
  .map(([name, kind]) => `K_${name.replace(/[A-Z]/g, '_$&').toUpperCase()} => ${kind}`)
  .join(', ');

/** Framed talk over a descriptor that never waits. */
export const framesPerl = String.raw`
use constant {${constants}};
my ($most_frame, $window, $piece) = (${mostToKeeper}, ${windowBytes}, 65536);

sub never_waits {
  my ($file) = @_;
  fcntl($file, F_SETFL, fcntl($file, F_GETFL, 0) | O_NONBLOCK);
}

sub waits { return $!{EAGAIN} || $!{EINTR} }

# One end of a talk: what came and is no whole frame yet, what goes and was not taken yet, and whether it is over.
sub talk {
  my ($file) = @_;
  never_waits($file);
  return {file => $file, in => '', out => '', over => 0};
}

sub put {
  my ($talk, $kind, $payload) = @_;
  $talk->{out} .= pack('NC', 1 + length $payload, $kind) . $payload;
}

sub hear {
  my ($talk, $handle) = @_;
  my $count = sysread $talk->{file}, $talk->{in}, 2 * $piece, length $talk->{in};
  $talk->{over} = 1 unless $count || !defined $count && waits();
  hand_on($talk, $handle) if $count;
}

# Each whole frame of what has come. Whatever the handler cannot make sense of ends the talk.
sub hand_on {
  my ($talk, $handle) = @_;
  while (!$talk->{over} && !$talk->{handed} && length $talk->{in} >= 5) {
    my ($length, $kind) = unpack 'NC', $talk->{in};
    return $talk->{over} = 1 if $length < 1 || $length > $most_frame;
    return if length $talk->{in} < 4 + $length;
    my $payload = substr $talk->{in}, 5, $length - 1;
    substr($talk->{in}, 0, 4 + $length) = '';
    eval { $handle->($kind, $payload); 1 } or $talk->{over} = 1;
  }
}

sub pass_on {
  my ($talk) = @_;
  while (length $talk->{out}) {
    my $count = syswrite $talk->{file}, $talk->{out}, 4 * $piece;
    if (!defined $count) {
      $talk->{over} = 1 unless waits();
      return;
    }
    substr($talk->{out}, 0, $count) = '';
  }
}

# Seconds, of a clock that nobody sets.
sub now { return (POSIX::times())[0] / 100 }

# Waits for any of these to be read, any of those to be written. Both are lists of descriptors; what can be is in the results.
sub await_any {
  my ($reads, $writes, $seconds) = @_;
  my ($reading, $writing) = ('', '');
  vec($reading, $_, 1) = 1 for @$reads;
  vec($writing, $_, 1) = 1 for @$writes;
  my $count = select $reading, $writing, undef, $seconds;
  return ('', '') if $count <= 0;
  return ($reading, $writing);
}

# Carries bytes on two ways, each a pair of descriptors, until one has come to its end.
sub between {
  my @ways = map { {from => $_->[0], to => {file => $_->[1], out => '', over => 0}, ended => 0} } @_;
  never_waits($_) for map { @$_ } @_;
  until (grep { $_->{to}{over} || $_->{ended} && !length $_->{to}{out} } @ways) {
    my @reads = map { fileno $_->{from} } grep { !$_->{ended} && length $_->{to}{out} < $window } @ways;
    my @writes = map { fileno $_->{to}{file} } grep { length $_->{to}{out} } @ways;
    my ($readable) = await_any(\@reads, \@writes, undef);
    for my $way (@ways) {
      if (vec $readable, fileno $way->{from}, 1) {
        my $to = $way->{to};
        my $count = sysread $way->{from}, $to->{out}, 2 * $piece, length $to->{out};
        $way->{ended} = 1 unless $count || !defined $count && waits();
      }
      pass_on($way->{to});
    }
  }
}
`;
