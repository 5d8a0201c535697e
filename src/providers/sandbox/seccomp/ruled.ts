import {linux} from './linux.ts';

/** What an argument must be; `mask`: of these bits of it alone. */
export interface Condition {
  readonly index: number;
  readonly is: number;
  readonly mask?: number;
}
interface Above {
  readonly index: number;
  readonly above: number;
}

/** What becomes of a call with such arguments. Nothing in `when`: with any. */
export interface Rule {
  readonly calls: readonly string[];
  readonly when: readonly (Condition | Above)[];
  readonly give: 'allow' | 'EPERM' | 'ENOSYS' | 'EAFNOSUPPORT';
  /** Only where the machine has the call. */
  readonly only?: 'amd64';
}

const {setuid, setgid} = linux.modes;
const special = setuid | setgid;

/** With each of the special bits, so that no two rules speak of the same call. */
const withSpecial = (index: number): readonly Condition[] =>
  [setuid, setgid, special].map(is => ({index, mask: special, is}));
const without = (index: number): Condition => ({index, mask: special, is: 0});

/** Calls that set the mode of a file, and where in their arguments it is. `mkdir` is none: the kernel takes such bits out of its mode. */
const modeSetters = [
  {calls: ['fchmod'], index: 1},
  {calls: ['fchmodat', 'mknodat'], index: 2},
  {calls: ['chmod', 'creat', 'mknod'], index: 1, only: 'amd64'},
] as const;

/** Calls that may make a file: where the flags are and, behind them, the mode, which means nothing unless one is made. */
const openers = [
  {calls: ['openat'], index: 2},
  {calls: ['open'], index: 1, only: 'amd64'},
] as const;

const {create, temporary} = linux.open;

/**
 * No file becomes setuid or setgid. Where the agent's files are the user's own, or root's, such a program would be left behind on the
 * host for whoever is there, whatever the sandbox holds inside.
 */
const noSetuid: readonly Rule[] = [
  ...modeSetters.flatMap(({index, ...which}): Rule[] => [
    {...which, when: [without(index)], give: 'allow'},
    ...withSpecial(index).map(one => ({...which, when: [one], give: 'EPERM' as const})),
  ]),
  ...openers.flatMap(({index, ...which}): Rule[] => [
    {...which, when: [{index, mask: create | temporary, is: 0}], give: 'allow'},
    ...[create, temporary, create | temporary].flatMap((made): Rule[] => [
      {...which, when: [{index, mask: create | temporary, is: made}, without(index + 1)], give: 'allow'},
      ...withSpecial(index + 1).map(one => ({
        ...which,
        when: [{index, mask: create | temporary, is: made}, one],
        give: 'EPERM' as const,
      })),
    ]),
  ]),
];

const {unix, inet, inet6, netlink} = linux.families;
const open: readonly number[] = [unix, inet, inet6];
const below = Array.from({length: netlink}, (_, family) => family);

const sockets: readonly Rule[] = [
  ...open.map((is): Rule => ({calls: ['socket'], when: [{index: 0, is}], give: 'allow'})),
  // Of netlink what lists interfaces and routes, which programs do to find their own address.
  {
    calls: ['socket'],
    when: [
      {index: 0, is: netlink},
      {index: 2, is: linux.netlinkRoute},
    ],
    give: 'allow',
  },
  {
    calls: ['socket'],
    when: [
      {index: 0, is: netlink},
      {index: 2, above: linux.netlinkRoute},
    ],
    give: 'EAFNOSUPPORT',
  },
  ...below
    .filter(is => !open.includes(is))
    .map((is): Rule => ({calls: ['socket'], when: [{index: 0, is}], give: 'EAFNOSUPPORT'})),
  {calls: ['socket'], when: [{index: 0, above: netlink}], give: 'EAFNOSUPPORT'},
  // The kernel makes sockets of a family, and loads its module, before it says that it has no pairs; some have.
  {calls: ['socketpair'], when: [{index: 0, is: unix}], give: 'allow'},
  {calls: ['socketpair'], when: [{index: 0, is: 0}], give: 'EAFNOSUPPORT'},
  {calls: ['socketpair'], when: [{index: 0, above: unix}], give: 'EAFNOSUPPORT'},
];

interface Bits {
  readonly is: number;
  readonly mask: number;
}

/** All that is in none of these: halved, bit by bit, wherever one of them is in a half, so that no two parts speak of the same. */
function outside(these: readonly Bits[], bit: number, part: Bits = {is: 0, mask: 0}): readonly Bits[] {
  const inside = these.filter(one => ((one.is ^ part.is) & one.mask & part.mask) === 0);
  if (inside.length === 0) return [part];
  if (inside.some(({mask}) => (mask & ~part.mask) === 0)) return [];
  return [0, bit].flatMap(value => outside(inside, bit / 2, {is: part.is | value, mask: part.mask | bit}));
}

const {bits, btrfs, clone, subvolume, attributes} = linux.requests;
const request = (one: Bits, give: Rule['give']): Rule => ({calls: ['ioctl'], when: [{index: 1, ...one}], give});
const whole = (is: number): Bits => ({is, mask: bits});

/**
 * Nobody leaves the bound of a disk. Whoever may write in a directory of btrfs may make a subvolume there, which no bound of its parent
 * is for; whoever owns a file may take it out of its project. Other requests of btrfs do not exist.
 */
const requests: readonly Rule[] = [
  ...outside([{is: btrfs.letter, mask: btrfs.bits}, ...attributes.map(whole)], (bits + 1) / 2).map(one =>
    request(one, 'allow'),
  ),
  ...clone.map(one => request(whole(one), 'allow')),
  ...[...subvolume, ...attributes].map(one => request(whole(one), 'EPERM')),
];

/** Calls that are ruled by their arguments, whatever is loosened. */
export const ruled: readonly Rule[] = [
  ...noSetuid,
  ...sockets,
  ...requests,
  // Their arguments are behind a pointer, where no rule can look; programs fall back to openat and fchmodat.
  {calls: ['openat2', 'fchmodat2'], when: [], give: 'ENOSYS'},
];

const allNamespaces = linux.cloneNamespaces.reduce((all: number, one) => all | one, 0);

/** What `namespaces` opens. `clone3` hides its flags behind a pointer; libraries fall back to `clone`. */
export const cloning = (namespaces: boolean): readonly Rule[] =>
  namespaces
    ? [{calls: ['clone', 'clone3'], when: [], give: 'allow'}]
    : [
        {calls: ['clone'], when: [{index: 0, mask: allNamespaces, is: 0}], give: 'allow'},
        ...linux.cloneNamespaces.map(
          (bit): Rule => ({
            ...{calls: ['clone'], when: [{index: 0, mask: bit, is: bit}], give: 'EPERM'},
          }),
        ),
        {calls: ['clone3'], when: [], give: 'ENOSYS'},
      ];

/** What `debug` opens: a debugger turns off the shuffling of addresses. */
export const personalities = (debug: boolean): readonly Rule[] =>
  debug
    ? [{calls: ['personality'], when: [], give: 'allow'}]
    : linux.personalities.map(is => ({calls: ['personality'], when: [{index: 0, is}], give: 'allow'}));
