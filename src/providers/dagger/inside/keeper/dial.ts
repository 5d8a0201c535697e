/** Dials this machine for ever; who answers meets an ssh server, which knows one key. */
export const dialPerl = String.raw`
my ($dialer, $dial_at, $pause) = (0, 0, 0.3);

sub program {
  my ($name) = @_;
  return (grep { -x } map { "$_/$name" } split /:/, $usual_path)[0];
}

sub write_file {
  my ($file, $mode, $text) = @_;
  unlink $file;
  sysopen my $to, $file, O_WRONLY | O_CREAT | O_EXCL, $mode or die "no $file: $!\n";
  print $to $text;
  close $to or die "no $file: $!\n";
}

sub text_of {
  my ($file) = @_;
  open my $from, '<', $file or die "no $file: $!\n";
  local $/;
  return <$from>;
}

# The server with its arguments. dropbear has a format of its own for keys, and looks for who may come in below root's home only.
sub server {
  if (my $dropbear = program('dropbear')) {
    my $home = (getpwuid 0)[7] || '/root';
    mkdir $home, 0700;
    # It trusts no place that others may write.
    chmod +(stat $home)[2] & 0755, $home;
    mkdir "$home/.ssh", 0700;
    chmod 0700, "$home/.ssh";
    write_file("$home/.ssh/authorized_keys", 0600, text_of("$keys/authorized"));
    write_file("$keys/dropbear", 0600, pack 'H*', text_of("$keys/host.hex") =~ s/\s//gr);
    return ($dropbear, qw(-i -s -m -j -k -K 2 -W 524288 -r), "$keys/dropbear");
  }
  my $sshd = program('sshd') or die "neither dropbear nor sshd is here\n";
  mkdir '/run/sshd', 0755;
  write_file("$keys/sshd", 0600, text_of("$keys/host"));
  my %option = (
    AuthorizedKeysFile => "$keys/authorized", PermitRootLogin => 'prohibit-password', PasswordAuthentication => 'no',
    KbdInteractiveAuthentication => 'no', DisableForwarding => 'yes', PermitUserRC => 'no', PrintMotd => 'no',
    ClientAliveInterval => 2, ClientAliveCountMax => 3, UseDNS => 'no', StrictModes => 'no', PidFile => 'none',
  );
  return ($sshd, qw(-i -e -f /dev/null -h), "$keys/sshd", map { ('-o', "$_=$option{$_}") } sort keys %option);
}

sub connected {
  my ($place) = @_;
  socket(my $way, AF_UNIX, SOCK_STREAM, 0) or return;
  connect($way, sockaddr_un($place)) or return;
  return $way;
}

# Whether the other end says something before the time is over: until then no server is started for it.
sub says_something {
  my ($way) = @_;
  await_any([fileno $way], [], 10);
  recv $way, my $first, 1, MSG_PEEK | MSG_DONTWAIT;
  return length($first || '');
}

sub dial {
  my ($leave_behind, @server) = @_;
  $dial_at = now() + $pause;
  $dialer = fork;
  # No room for one more process: later.
  return $dialer = 0 unless defined $dialer;
  return if $dialer;
  $leave_behind->();
  $SIG{$_} = 'DEFAULT' for qw(PIPE HUP TERM INT CHLD);
  my $way = connected("$place/socket");
  POSIX::_exit(1) unless $way && says_something($way);
  # By a pair of its own: dropbear ends when the other end has a name of more than 32 bytes, and a bound socket has one.
  socketpair(my $ours, my $its, AF_UNIX, SOCK_STREAM, 0) or POSIX::_exit(1);
  defined(my $pid = fork) or POSIX::_exit(1);
  unless ($pid) {
    POSIX::dup2(fileno $its, $_) for 0, 1;
    umask 022;
    %ENV = (PATH => $usual_path);
    exec {$server[0]} @server;
    POSIX::_exit(127);
  }
  close $its;
  between([$way, $ours], [$ours, $way]);
  kill 'TERM', $pid;
  POSIX::_exit(0);
}
`;
