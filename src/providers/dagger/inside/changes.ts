/**
 * Tells what changed below a directory since the listing that it reads at descriptor 3, and writes the next listing to 4. It runs as the
 * agent's user, with perl-base alone, which knows times in whole seconds only.
 *
 * To stdout go frames: a letter, the length of the rest in four bytes, the rest (checkpoint/frames.ts reads them).
 */
export const changesProgram = String.raw`use strict;
use Errno qw(ENOENT ENXIO);
use Fcntl qw(:DEFAULT :mode);
no warnings 'recursion';

my ($root, $biggest) = @ARGV;
my ($piece, $deepest, $longest) = (262144, 250, 4000);
my ($began, $spoke, $out) = (time, time, '');

sub flush_out {
  while (length $out) {
    my $count = syswrite STDOUT, $out;
    die "stdout: $!\n" unless defined $count;
    substr($out, 0, $count) = '';
  }
  $spoke = time;
}

sub frame {
  $out .= pack 'a N/a*', @_;
  flush_out() if length $out >= $piece;
}

# Of the last time, by directory: names and what they were.
open my $old, '<&=', 3 or die "listing: $!\n";
my %before = unpack '(N/a* N/a*)*', do { local $/; my $text = <$old>; defined $text ? $text : '' };
my $whole = !%before;
open my $new, '>&=', 4 or die "listing: $!\n";
my $kept = 1;

sub keep {
  my ($path, $body) = @_;
  $kept = 0 unless print $new pack 'N/a* N/a*', $path, $body;
}

# What it was is still what the other side has.
sub leave {
  my ($path, $why) = @_;
  frame('o', "$why$path");
  return '?';
}

sub send_rest {
  my ($file, $size, $sparse) = @_;
  my $at = 0;
  while ($at < $size) {
    my $until = $size;
    if ($sparse) {
      # SEEK_DATA and SEEK_HOLE: a huge file is mostly nothing.
      my $data = sysseek $file, $at, 3;
      $data = $size if !defined $data && $! == ENXIO;
      if (defined $data) {
        $data = $size if $data > $size;
        frame('h', pack 'Q>', $data - $at) if $data > $at;
        last if $data == $size;
        $at = $data + 0;
        $until = sysseek $file, $at, 4;
        $until = $size if !defined $until || $until > $size;
      }
      sysseek $file, $at, 0;
    }
    while ($at < $until) {
      my $count = sysread $file, my $bytes, $until - $at < $piece ? $until - $at : $piece;
      return unless $count;
      frame('c', $bytes);
      $at += $count;
    }
  }
}

# The letter of why it could not be; 'g' for gone; nothing when all went well.
sub send_file {
  my ($path, $name) = @_;
  sysopen my $file, $name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK or return $! == ENOENT ? 'g' : 'r';
  my @now = stat $file;
  return 'k' unless S_ISREG($now[2]);
  my $time = $now[9] < 0 ? 0 : $now[9] > 0xffffffff ? 0xffffffff : $now[9];
  frame('f', pack 'n N Q> a*', $now[2] & 0777, $time, $now[7], $path);
  send_rest($file, $now[7], $now[7] > 1048576 && $now[12] * 512 < $now[7]);
  frame('e', '');
  return '';
}

sub send_entry {
  my ($path, $name, $mode, $size) = @_;
  if (S_ISLNK($mode)) {
    my $target = readlink $name;
    return 'g' unless defined $target;
    frame('l', pack 'N/a* a*', $path, $target);
    return '';
  }
  return 'b' if $size > $biggest;
  return send_file($path, $name);
}

# What a name is, and what of it has changed is told. Undefined: it is gone.
sub look {
  my ($path, $name, $was, $below) = @_;
  my ($dev, $ino, $mode, undef, undef, undef, undef, $size, undef, undef, $changed) = lstat $name or return undef;
  my $full = $path . $name;
  return leave($full, 'd') if length $full > $longest;
  if (S_ISDIR($mode)) {
    my $is = 'd' . ($mode & 0777);
    frame('d', pack 'n a*', $mode & 0777, $full) if !defined $was || $was ne $is;
    push @$below, [$name, $dev, $ino];
    return $is;
  }
  return leave($full, 'k') unless S_ISREG($mode) || S_ISLNK($mode);
  my $is = join ':', $mode, $size, $changed, $ino;
  # Seconds are long: what changed just now may change again, and look the same.
  $is = '?' if $changed >= $began - 1;
  return $is if $is ne '?' && defined $was && $was eq $is;
  my $why = send_entry($full, $name, $mode, $size);
  return undef if $why eq 'g';
  return $why ? leave($full, $why) : $is;
}

# A directory that cannot be read stays as it was last.
sub carry {
  my ($path, $why) = @_;
  frame('o', $why . substr $path, 0, -1);
  keep($_, $before{$_}) for grep { index($_, $path) == 0 } keys %before;
}

sub enter {
  my ($path, $back, $entry, $device, $depth, $git) = @_;
  my ($name, $dev, $ino) = @$entry;
  my $into = "$path$name/";
  return carry($into, 'd') if $depth >= $deepest;
  return carry($into, 'm') if $dev != $device;
  if (!chdir $name) { return $! == ENOENT ? undef : carry($into, 'r') }
  # Whatever took its place meanwhile is looked at the next time.
  my @there = stat '.';
  if ($there[0] == $dev && $there[1] == $ino) { walk($into, $device, $depth + 1, $git) }
  else { carry($into, 'g') }
  chdir $back or die "$path: $!\n";
}

sub names_here {
  my ($dir, $git) = @_;
  rewinddir $dir;
  my @names = grep { $_ ne '.' && $_ ne '..' } readdir $dir;
  # Half of something, and of nobody's when it is found in a checkpoint.
  return grep { !/\.lock\z/ } @names if $git eq 'state';
  return grep { !/\Atmp_/ } @names if $git eq 'objects';
  return @names;
}

sub walk {
  my ($path, $device, $depth, $git) = @_;
  if (time - $spoke >= 5) { frame('p', ''); flush_out() }
  opendir my $dir, '.' or return carry($path, 'r');
  my $body = delete $before{$path};
  my %was = defined $body ? split /\0/, $body : ();
  my (%is, %told);
  my @names = names_here($dir, $git);
  my %there = map { $_ => 1 } @names;
  # In a git every object that its state names is to be there: first what names, then what is named. Git packs in the other order, so a
  # packed ref is looked at behind the loose ones, and a pack (its name comes last) behind the loose objects.
  my @parts = ([sort @names]);
  if ($there{HEAD} && $there{refs} && $there{objects}) {
    $git = 'state';
    @parts = ([grep { !/\A(?:packed-refs|objects)\z|\.lock\z/ } sort @names], ['packed-refs'], ['objects']);
  }
  my $packs = $git eq 'objects' && $path =~ m{/pack/\z};
  for my $part (@parts) {
    my @below;
    for my $name (@$part) {
      my $was = $was{$name};
      my $now = look($path, $name, $was, \@below);
      $is{$name} = $now if defined $now;
      $told{$name} = 1 if $packs;
    }
    for my $entry (@below) {
      my $inside = $git eq 'state' && $entry->[0] eq 'objects' && $there{HEAD} ? 'objects' : $git;
      enter($path, $dir, $entry, $device, $depth, $inside);
    }
  }
  # A pack that went away is in another one now.
  for (1 .. 5) {
    last unless $packs;
    my @again = grep { !exists $is{$_} } names_here($dir, $git);
    my @gone = grep { !exists $is{$_} || !lstat } keys %told;
    last unless @again || @gone;
    delete $is{$_} for @gone;
    for my $name (sort @again) {
      my $now = look($path, $name, undef, []);
      $is{$name} = $now if defined $now;
      $told{$name} = 1;
    }
    last unless @again;
  }
  $was{$_} = '' for keys %told;
  frame('x', "$path$_") for grep { !exists $is{$_} } keys %was;
  keep($path, join '', map { "$_\0$is{$_}\0" } keys %is);
}

binmode STDOUT;
chdir $root or die "$root: $!\n";
my ($device) = stat '.';
frame('v', $whole ? 'whole' : 'changed');
walk('', $device, 0, '');
$kept = 0 unless close $new;
frame('z', $kept ? 'kept' : '');
flush_out();
`;
