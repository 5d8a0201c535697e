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
  /** The half of an ioctl's request that says whose it is and what. */
  requests: {
    bits: 0xffff,
    btrfs: {letter: 0x9400, bits: 0xff00},
    /** Of btrfs, and by now of others: FICLONE, FICLONERANGE, FIDEDUPERANGE. */
    clone: [0x9409, 0x940d, 0x9436],
    /** SNAP_CREATE, SUBVOL_CREATE, and their second versions. */
    subvolume: [0x9401, 0x940e, 0x9417, 0x9418],
    /** FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR. */
    attributes: [0x6602, 0x5820],
  },
  /** The usual one, that of 32-bit programs' uname, and the question what it is. */
  personalities: [0, 8, 0xffff_ffff],
} as const;
