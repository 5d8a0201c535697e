/** What of the agent's files cannot wait for the next checkpoint, told apart by their dates: nothing in them is read. */
export const noticesPerl = String.raw`
my %trace;

# At most so many names: whoever makes millions is not looked at for longer.
sub trace_of {
  my (@places) = @_;
  my ($trace, $left) = ('', 500);
  while (@places && $left-- > 0) {
    my $place = shift @places;
    my @is = lstat $place or next;
    $trace .= join(':', $place, @is[1, 7, 9, 10]) . "\n";
    next unless -d _ && opendir my $directory, $place;
    while (@places < 500 && defined(my $name = readdir $directory)) {
      push @places, "$place/$name" unless $name =~ /^\.\.?\z/;
    }
  }
  return $trace;
}

# What has changed since it was asked last.
sub changed {
  my $git = '/workspace/.git';
  my %now = (
    exchange => trace_of('/run/trails-exchange'),
    commits => trace_of("$git/HEAD", "$git/logs/HEAD", "$git/packed-refs", "$git/refs/heads"),
  );
  my @changed = grep { ($trace{$_} || '') ne $now{$_} } sort keys %now;
  %trace = %now;
  return @changed;
}
`;
