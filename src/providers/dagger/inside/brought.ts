import type {MadeFile} from '../connection/engine.ts';
import {dropbearForm} from '../link/keys.ts';
import type {LinkKeys} from '../link/link.ts';
import {keeperText} from './keeper/keeper.ts';
import {keeperFile, keysPlace} from './places.ts';

/** The keeper and its keys, as files of a recipe. */
export const keeperFiles = (keys: LinkKeys): readonly MadeFile[] => [
  {target: keeperFile, content: keeperText, mode: 0o700},
  {target: `${keysPlace}/authorized`, content: `${keys.oursPublic}\n`, mode: 0o600},
  {target: `${keysPlace}/host`, content: keys.host, mode: 0o600, secret: true},
  {target: `${keysPlace}/host.hex`, content: dropbearForm(keys.host).toString('hex'), mode: 0o600, secret: true},
];

/** What root runs in an environment. */
export const keeperArgs: readonly [string, ...string[]] = ['perl', keeperFile];

/** What is run over the link to talk to it. */
export const keeperClient = `exec perl ${keeperFile} client`;
