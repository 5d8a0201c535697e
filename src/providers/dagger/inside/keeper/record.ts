/** What was printed and is not on the other side yet: files of one size, which go when they are. */
export const recordPerl = `
my ($record, $segment, $most_segments) = ("$place/record", 1 << 20, 512);
# Positions count all that was ever recorded; $first is the first file that is still there.
my ($end, $first) = (0, 0);
my ($written, $read, $write_file, $read_file) = (-1, -1);

sub start_of_record { return $first * $segment }

# What does not fit on the disk is not recorded: the agent goes on, and positions stay true.
sub record {
  my ($bytes) = @_;
  while (length $bytes) {
    my $number = int($end / $segment);
    if ($number != $written) {
      close $write_file if $write_file;
      sysopen $write_file, "$record/$number", O_WRONLY | O_CREAT | O_APPEND, 0600 or return;
      $written = $number;
      forget($first + 1) if $number - $first >= $most_segments;
    }
    my $room = $segment - $end % $segment;
    my $count = syswrite $write_file, $bytes, $room < length $bytes ? $room : length $bytes;
    return unless $count;
    $end += $count;
    substr($bytes, 0, $count) = '';
  }
}

sub recorded {
  my ($position, $most) = @_;
  my $number = int($position / $segment);
  if ($number != $read) {
    close $read_file if $read_file;
    $read = -1;
    open $read_file, '<', "$record/$number" or return '';
    $read = $number;
  }
  sysseek $read_file, $position % $segment, 0;
  my $bytes = '';
  sysread $read_file, $bytes, $most < $piece ? $most : $piece;
  return $bytes;
}

# All files before this one go.
sub forget {
  my ($number) = @_;
  for (; $first < $number; $first += 1) { unlink "$record/$first" }
}
`;
