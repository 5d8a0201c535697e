import {type Mode, modes} from '../../agents/agent.ts';
import {isImageReference} from '../../lib/image-reference.ts';
import {parseCpus, parseMemory, parsePids} from '../../lib/limits.ts';
import {
  described,
  type Fields,
  list,
  oneOf,
  orUnset,
  type Read,
  reader,
  type Schema,
  someOf,
  textAs,
  wrong,
} from '../../lib/reading/reading.ts';
import {placedIn} from '../../lib/reading/yaml-places.ts';
import {type Limits, type Network, networks} from '../../providers/provider.ts';
import {type Loosening, loosenings, type Profile, profiles} from '../../providers/sandbox/profile.ts';
import {ruleWord} from '../network/hosts.ts';
import {type Credentials, credentialWays, type WorkspaceMode} from '../port/session.ts';

/** What .trails.yaml may say of the sessions of its repository. No prompt: what an agent is to do is said to each one. */
export interface Project {
  readonly agent: string;
  readonly args: readonly string[];
  readonly image: string;
  readonly workspace: WorkspaceMode;
  readonly mode: Mode;
  readonly setup: readonly string[];
  readonly limits: Partial<Limits>;
  readonly network: Network;
  readonly allow: readonly string[];
  readonly profile: Profile;
  readonly loosen: readonly Loosening[];
  readonly credentials: Credentials;
  readonly runtime: string;
  /** Names: a value is the user's own, from where a session is asked for. */
  readonly env: readonly string[];
}

const matching = (pattern: RegExp, needed: string): Read<string> =>
  textAs(found => {
    if (!pattern.test(found)) throw new Error(needed);
    return found;
  }, needed);

/** A terminal would act on some of them, and what a person agrees to would be other than what is run. */
const unseen = /[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const words = textAs(found => {
  if (unseen.test(found)) throw new Error('it holds control characters: what is agreed to has to be seen');
  return found;
});

const variableIs = 'the name of a variable is needed: its value is taken from where a session is asked for';

const limits = someOf<{memory: number; cpus: number; pids: number; disk: number}>({
  memory: described('Memory: `512m`, `2g`.', textAs(parseMemory)),
  cpus: described('Cores; parts are fine: `1.5`.', textAs(parseCpus)),
  pids: described('The most processes.', textAs(parsePids)),
  disk: described('Of its workspace and home together: `10g`.', textAs(parseMemory)),
});

const fields: Fields<Project> = {
  agent: described('The agent of a session.', matching(/^[a-z0-9][a-z0-9-]{0,39}$/, 'the name of an agent is needed')),
  args: described('Further arguments of the agent.', list(words, 'a list of arguments is needed')),
  image: described(
    '`auto`, `host` or an image of the engine.',
    textAs(found => {
      if (!isImageReference(found)) throw new Error('an image of the engine is needed, `host` or `auto`');
      return found;
    }),
  ),
  workspace: described('How a session gets the files.', oneOf(['clone', 'copy', 'bind'])),
  mode: described('What an agent does without asking.', oneOf(modes)),
  setup: described(
    'Shell commands that run in the sandbox before the agent.',
    list(words, 'a list of commands is needed'),
  ),
  limits: described(
    'The most a session may use.',
    reader(limits.schema, spot => {
      const {memory, disk, ...rest} = limits(spot);
      return {
        ...rest,
        ...(memory === undefined ? {} : {memoryBytes: memory}),
        ...(disk === undefined ? {} : {diskBytes: disk}),
      };
    }),
  ),
  network: described('What a session can reach.', oneOf(networks)),
  allow: described(
    'Hosts it may reach beside those of its agent: `name.example`, `.suffix.example`, or a group such as `npm`.',
    list(textAs(ruleWord), 'a list of hosts is needed'),
  ),
  profile: described('How hard its sandbox is.', oneOf(profiles)),
  loosen: described('What of the sandbox is loosened, one by one.', list(oneOf(loosenings), 'a list is needed')),
  credentials: described("How an agent's keys reach its model.", oneOf(credentialWays)),
  runtime: described(
    'The OCI runtime: `auto`, crun, runc, runsc, kata.',
    matching(/^[a-z][a-z0-9.-]{0,39}$/, 'the name of an OCI runtime is needed'),
  ),
  env: described(
    'Names of variables that a session gets from where it is asked for.',
    list(matching(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, variableIs), 'a list of names is needed: values do not belong here'),
  ),
};

const optional = Object.fromEntries(
  Object.entries(fields).map(([key, read]) => [key, orUnset(read as Read<unknown>)]),
) as Fields<Project>;

const readProject = orUnset(someOf<Project>(optional, 'it does not hold settings'));

export const projectSchema: Schema = readProject.schema;

/** What the text of a project file says. Throws Misplaced with everything that is wrong with it. */
export function projectIn(content: string): Partial<Project> {
  // Written by whoever writes the repository: an alias is work that grows with the square of the file.
  const whole = {key: '', value: placedIn(content, {aliases: false})};
  const project = readProject(whole) ?? {};
  if ((project.allow ?? []).length > 0 && project.network !== undefined && project.network !== 'allowlist')
    throw wrong(whole, `\`allow:\` names hosts, and the network is ${project.network}: leave one of them out`);
  return project;
}
