import type {Agent} from '../../agents/agent.ts';
import type {Limits} from '../../providers/provider.ts';
import {profileLoosens} from '../../providers/sandbox/profile.ts';
import type {Defaults} from '../context.ts';
import type {CreateRequest} from '../port.ts';
import type {Project} from './project-file.ts';
import {limitKeys, say, sayLimit} from './says.ts';

/** A session that is asked for, with the configuration it falls back on. */
export interface Asked {
  readonly request: CreateRequest;
  readonly defaults: Defaults;
}

/** What a session would be without the project file. */
export interface Standing extends Asked {
  readonly agent: Agent;
  readonly network: CreateRequest['network'] & string;
  readonly workspace: CreateRequest['workspace'] & string;
}

/** One thing in which a project file wants a session to be other than it would be. */
export interface Wish {
  readonly words: string;
  /** It takes away from what the agent may do, and adds nothing: it needs no trust. */
  readonly tightens: boolean;
  readonly into: (asked: Asked) => Asked;
}

export interface Judged extends Asked {
  readonly applied: readonly string[];
  readonly refused: readonly string[];
}

const request =
  (change: (request: CreateRequest) => Partial<CreateRequest>): Wish['into'] =>
  asked => ({...asked, request: {...asked.request, ...change(asked.request)}});
const defaults =
  (change: (defaults: Defaults) => Partial<Defaults>): Wish['into'] =>
  asked => ({...asked, defaults: {...asked.defaults, ...change(asked.defaults)}});

/** What a person asks for counts: the file is not asked about it. What is so anyway is no wish. */
const wish = (said: boolean, same: boolean, one: Wish): readonly Wish[] => (said || same ? [] : [one]);

/** From the strictest on. */
const ladders = {
  network: ['none', 'allowlist', 'open'],
  profile: ['strict', 'relaxed'],
  credentials: ['broker', 'forward'],
  mode: ['ask', 'edits', 'all'],
} as const;

function ladderWishes(project: Partial<Project>, standing: Standing): readonly Wish[] {
  const {request: asked, defaults: usual, agent} = standing;
  const now = {
    network: standing.network,
    profile: asked.profile ?? usual.profile,
    credentials: asked.credentials ?? usual.credentials,
    mode: asked.mode ?? usual.mode,
  };
  const said = {
    network: asked.network !== undefined || (asked.allow ?? []).length > 0,
    profile: asked.profile !== undefined,
    credentials: asked.credentials !== undefined,
    // An agent without that mode is what it is.
    mode: asked.mode !== undefined || (project.mode !== undefined && !agent.modes?.[project.mode]),
  };
  return (Object.keys(ladders) as (keyof typeof ladders)[]).flatMap(key => {
    const wanted = project[key];
    if (wanted === undefined) return [];
    const ladder: readonly string[] = ladders[key];
    const tightens = ladder.indexOf(wanted) < ladder.indexOf(now[key]);
    return wish(said[key], wanted === now[key], {
      ...{words: say[key](wanted), tightens},
      into: defaults(() => ({[key]: wanted})),
    });
  });
}

function limitWishes(
  {limits: wanted = {}}: Partial<Project>,
  {request: asked, defaults: usual}: Standing,
): readonly Wish[] {
  const now: Partial<Limits> = usual.limits;
  return limitKeys.flatMap(key => {
    const value = wanted[key];
    if (value === undefined) return [];
    const most = now[key] ?? Number.POSITIVE_INFINITY;
    return wish(asked.limits[key] !== undefined, value === most, {
      ...{words: sayLimit(key, value), tightens: value < most},
      into: defaults(({limits}) => ({limits: {...limits, [key]: value}})),
    });
  });
}

/** Runtimes with a kernel of their own between the agent and this machine's. */
const isolating = ['runsc', 'kata'];

function choiceWishes(project: Partial<Project>, standing: Standing): readonly Wish[] {
  const {request: asked, defaults: usual} = standing;
  const {agent, image, workspace, runtime} = project;
  const runsBy = asked.runtime ?? usual.runtime.name;
  const open = {tightens: false} as const;
  return [
    ...(agent === undefined
      ? []
      : wish(asked.agent !== '', agent === usual.agent, {
          ...{...open, words: say.agent(agent)},
          into: request(() => ({agent})),
        })),
    ...(image === undefined
      ? []
      : wish(asked.image !== undefined, image === usual.image, {
          ...{...open, words: say.image(image)},
          into: defaults(() => ({image})),
        })),
    ...(workspace === undefined
      ? []
      : wish(asked.workspace !== undefined, workspace === standing.workspace, {
          ...{...open, words: say.workspace(workspace)},
          into: request(() => ({workspace})),
        })),
    ...(runtime === undefined
      ? []
      : wish(asked.runtime !== undefined, runtime === runsBy, {
          words: say.runtime(runtime),
          tightens: isolating.includes(runtime) && !isolating.includes(runsBy),
          into: request(() => ({runtime})),
        })),
  ];
}

/** The project's come before those of the person who asks. */
function listWishes(project: Partial<Project>, {request: asked, defaults: usual}: Standing): readonly Wish[] {
  const {args = [], setup = [], allow = [], loosen = [], env = []} = project;
  const {here = {}} = asked;
  const loosened = [...profileLoosens[asked.profile ?? usual.profile], ...(asked.loosen ?? [])];
  const adds = (words: string, into: Wish['into']): Wish => ({words, tightens: false, into});
  return [
    ...wish(
      asked.args.length > 0,
      args.length === 0,
      adds(
        say.args(args),
        request(() => ({args})),
      ),
    ),
    ...setup.map((one, index) =>
      adds(
        say.setup(one),
        request(({setup: more = []}) => ({setup: more.toSpliced(index, 0, one)})),
      ),
    ),
    ...allow.flatMap(host =>
      wish(
        asked.network !== undefined && asked.network !== 'allowlist',
        (asked.allow ?? []).includes(host),
        adds(
          say.allow(host),
          request(({allow: more = []}) => ({allow: [...more, host]})),
        ),
      ),
    ),
    ...loosen.flatMap(what =>
      wish(
        false,
        loosened.includes(what),
        adds(
          say.loosen(what),
          request(({loosen: more = []}) => ({loosen: [...more, what]})),
        ),
      ),
    ),
    ...env.flatMap(name =>
      wish(
        asked.env[name] !== undefined,
        false,
        adds(
          say.env(name),
          request(({env: more}) => ({env: {...(here[name] === undefined ? {} : {[name]: here[name]}), ...more}})),
        ),
      ),
    ),
  ];
}

/** Everything in which the project file wants a session to be other than it would be. */
export const wishesOf = (project: Partial<Project>, standing: Standing): readonly Wish[] => [
  ...choiceWishes(project, standing),
  ...ladderWishes(project, standing),
  ...limitWishes(project, standing),
  ...listWishes(project, standing),
];

/** The session with what the project file may say of it: all of it when it is trusted, else what only takes away. */
export function judged(project: Partial<Project>, standing: Standing, trusted: boolean): Judged {
  const wishes = wishesOf(project, standing);
  const granted = wishes.filter(({tightens}) => trusted || tightens);
  const {request, defaults} = granted.reduce<Asked>((asked, {into}) => into(asked), standing);
  return {
    ...{request, defaults},
    applied: granted.map(({words}) => words),
    refused: wishes.filter(one => !granted.includes(one)).map(({words}) => words),
  };
}

/** The standing that somebody finds after the wishes of another. */
const after = (standing: Standing, {request, defaults}: Asked): Standing => ({
  ...standing,
  ...{request, defaults},
  network:
    defaults.network === 'auto' || defaults.network === standing.defaults.network ? standing.network : defaults.network,
});

/**
 * What the untrusted file may say, over what one that was trusted before it tightened: who changes the file takes nothing of that away
 * until a person agrees.
 */
export function tightened(before: Partial<Project>, project: Partial<Project>, standing: Standing): Judged {
  const first = judged(before, standing, false);
  const second = judged(project, after(standing, first), false);
  // What both say is said once.
  const kept = first.applied.filter(words => !second.applied.includes(words));
  return {...second, applied: [...kept, ...second.applied]};
}
