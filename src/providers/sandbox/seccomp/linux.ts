/** Numbers of the kernel that rules speak of; the same on x86-64 and on 64-bit ARM. */
export const linux = {
  errno: {EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97},
  modes: {setuid: 0o4000, setgid: 0o2000},
  /** O_CREAT and the bit of O_TMPFILE that is its own. */
  open: {create: 0o100, temporary: 0o20_000_000},
  /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
  cloneNamespaces: [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000],
  families: {unix: 1, inet: 2, inet6: 10, netlink: 16},
  netlinkRoute: 0,
  /**
   * Of ioctl: the half of a request that says whose it is and what, btrfs's own letter in it, what other file systems know by that letter
   * too (FICLONE, FICLONERANGE, FIDEDUPERANGE), and what makes subvolumes (SNAP_CREATE, SUBVOL_CREATE, and their second versions).
   */
  requests: {
    mask: 0xffff,
    letters: 0xff00,
    btrfs: 0x9400,
    clone: [0x09, 0x0d, 0x36],
    subvolume: [0x01, 0x0e, 0x17, 0x18],
  },
  /** The usual one, that of 32-bit programs' uname, and the question what it is. */
  personalities: [0, 8, 0xffff_ffff],
} as const;
