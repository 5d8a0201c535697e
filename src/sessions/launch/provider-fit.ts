import type {Agent} from '../../agents/agent.ts';
import {AppError} from '../../errors.ts';
import type {Provider} from '../../providers/provider.ts';
import type {Context} from '../context.ts';
import {toolpackNames} from '../kept/mounts.ts';
import {toolpacksIn} from '../kept/places.ts';
import type {WorkspaceMode} from '../port.ts';

type Abilities = Pick<Provider, 'name' | 'supports'>;

/** What is asked of a provider besides what every one of them can. */
export interface Wishes {
  readonly mode: WorkspaceMode;
  readonly image: string;
  readonly home: string | undefined;
  readonly agent: Pick<Agent, 'share'>;
}

interface Misfit {
  /** As it is asked for. */
  readonly asked: string;
  readonly is: (wishes: Wishes, supports: Provider['supports']) => boolean;
  /** Behind the provider's name. */
  readonly words: string;
  readonly hint: string;
}

/** What cannot be had where environments work on copies, or see nothing of this machine's own tools. */
export const misfits: readonly Misfit[] = [
  {
    asked: '--workspace bind',
    is: ({mode}, {checkpoints}) => mode === 'bind' && checkpoints,
    words: 'works on copies: a directory itself cannot be bound',
    hint: 'Leave `--workspace` out: a clone or a copy is brought in, and its changes come back.',
  },
  {
    asked: '--image host',
    is: ({image}, {machine}) => image === 'host' && machine === 'brought',
    words: 'cannot see the tools of this machine: it has no image "host"',
    hint: 'Leave `--image` out, or give an image: `--image REF`.',
  },
  {
    asked: '--home NAME',
    is: ({home}, {checkpoints}) => home !== undefined && checkpoints,
    words: 'works on copies: a kept home would not be written at once',
    hint: 'Leave `--home` out: the session has a home of its own.',
  },
  {
    asked: 'share: true',
    is: ({agent}, {checkpoints}) => agent.share === true && checkpoints,
    words: 'works on copies: no agent can share files of your home',
    hint: 'Set `share: false` for this agent: it gets a copy of them.',
  },
];

/** Throws UNSUPPORTED for what is asked for and cannot be had there. */
export function checkFits({name, supports}: Abilities, wishes: Wishes): void {
  const misfit = misfits.find(({is}) => is(wishes, supports));
  if (misfit) throw new AppError('UNSUPPORTED', `${name} ${misfit.words}`, {hint: misfit.hint});
}

/** The configuration as far as it can be had there, and words on what of it cannot. Nobody has asked for it for this session. */
export function withoutMisfits<C extends Pick<Context, 'defaults' | 'paths'>>(
  context: C,
  {name, supports}: Abilities,
): {readonly context: C; readonly leftOut: readonly string[]} {
  if (!supports.checkpoints) return {context, leftOut: []};
  const {defaults, paths} = context;
  const socket = defaults.gpg === 'agent';
  const what = [
    ...(defaults.caches === 'off' ? [] : ['download caches']),
    ...(toolpackNames(toolpacksIn(paths)).length === 0 ? [] : ['toolpacks']),
    ...(socket ? ['the gpg-agent: commits are not signed'] : []),
  ];
  return {
    context: {...context, defaults: {...defaults, caches: 'off', ...(socket ? {gpg: 'off' as const} : {})}},
    leftOut: what.map(each => `left out, ${name} works on copies: ${each}`),
  };
}
