import {lstatSync, readFileSync} from 'node:fs';
import {GraphQLError} from 'graphql';
import type {Box, BoxInput} from './local-box.ts';

/** What the stub has to do with a box. */
type StartedBox = Pick<Box, 'exited' | 'kill'>;

export type StartBox = (input: BoxInput) => Promise<StartedBox>;

/** Images of a registry, by the programs that are in them; none: not even a shell. */
const debian = ['sh', 'perl', 'setpriv', 'tar'];
export const stubImages: Readonly<Record<string, readonly string[]>> = {
  'docker.io/library/debian:12-slim': debian,
  'docker.io/trails/tooled:1': [...debian, 'dropbear', 'git'],
  'docker.io/trails/empty:1': [],
};
/** An archive that the stub takes for one of an image begins so; behind it the programs, by commas. */
export const stubArchive = 'stub-image:';

interface State {
  /** Undefined: nothing was said of an image yet. */
  readonly programs: readonly string[] | undefined;
  readonly user: string;
  readonly input: Omit<BoxInput, 'socket' | 'args'> & {readonly socket: BoxInput['socket'] | undefined};
  readonly stdout?: string;
  /** Known when it is evaluated. */
  readonly broken?: string;
}

type Kind = 'Container' | 'Directory' | 'File' | 'Secret' | 'Socket' | 'Service';

export interface Node {
  readonly __typename: Kind;
  readonly id: string;
}

interface Held extends Node {
  readonly held: unknown;
}

const owned = (owner = '0:0') => {
  const [uid = 0, gid = 0] = owner.split(':').map(Number);
  return {uid, gid};
};

/** The objects of one session. They are handed out by ids that mean nothing elsewhere, as an engine's do. */
export function createObjects(startBox: StartBox, isAllowed: (path: string) => boolean) {
  const nodes = new Map<string, Held>();
  const services = new Map<string, StartedBox>();
  let count = 0;

  const keep = <T extends object>(__typename: Kind, held: unknown, more: T): Node & T => {
    count += 1;
    const id = Buffer.from(`\x12\x10${count}\x12\x12${__typename}\x18\x01`, 'latin1').toString('base64');
    const node = {__typename, id, held, ...more};
    nodes.set(id, node);
    return node;
  };
  const load = (id: string, kind?: Kind): Held => {
    const node = nodes.get(id);
    if (!node || (kind && node.__typename !== kind)) {
      throw new GraphQLError(`load: invalid ID string: failed to decode ${JSON.stringify(id)}`);
    }
    return node;
  };
  const held = <T>(id: string, kind: Kind) => load(id, kind).held as T;

  const evaluated = (state: State): State => {
    if (state.broken !== undefined) throw new GraphQLError(state.broken);
    return state;
  };

  const service = (state: State, args: readonly string[]) => {
    const made = keep('Service', undefined, {
      async start() {
        const {input} = evaluated(state);
        const [first, ...rest] = args;
        if (!input.socket || first === undefined)
          throw new GraphQLError('no socket or no args: not what the stub knows');
        const box = await startBox({...input, socket: input.socket, args: [first, ...rest]});
        services.set(made.id, box);
        void box.exited.then(() => services.delete(made.id));
        return made.id;
      },
      async stop() {
        await services.get(made.id)?.kill();
        return made.id;
      },
    });
    return made;
  };

  const container = (state: State): Node => {
    const adding = (more: Partial<State['input']>) => container({...state, input: {...state.input, ...more}});
    const {directories, files, env} = state.input;
    return keep('Container', state, {
      from({address}: {address: string}) {
        const programs = Object.hasOwn(stubImages, address) ? stubImages[address] : undefined;
        if (programs) return container({...state, programs});
        throw new GraphQLError(
          `failed to resolve image "${address}" (platform: "linux/amd64"): failed to do request: Head "https://registry-1.docker.io/v2/x/manifests/1": dial tcp: lookup registry-1.docker.io on 10.87.0.1:53: no such host`,
        );
      },
      import({source}: {source: string}) {
        const text = readFileSync(held<string>(source, 'File'), 'latin1');
        return text.startsWith(stubArchive)
          ? container({...state, programs: text.slice(stubArchive.length).trim().split(',')})
          : container({...state, broken: 'image archive import: unexpected EOF'});
      },
      withUser: ({name}: {name: string}) => container({...state, user: name}),
      withWorkdir: () => container(state),
      withEnvVariable: ({name, value}: {name: string; value: string}) => adding({env: {...env, [name]: value}}),
      withDirectory: ({path, source, owner}: {path: string; source: string; owner?: string}) =>
        adding({
          directories: [...directories, {source: held<string>(source, 'Directory'), target: path, owner: owned(owner)}],
        }),
      withFile: ({path, source, owner}: {path: string; source: string; owner?: string}) =>
        adding({
          directories: [
            ...directories,
            {source: held<string>(source, 'File'), target: path, owner: owned(owner), file: true},
          ],
        }),
      withNewFile: ({path, contents, permissions}: {path: string; contents: string; permissions: number}) =>
        adding({files: [...files, {target: path, content: contents, mode: permissions}]}),
      withMountedSecret: ({path, source, mode}: {path: string; source: string; mode: number}) =>
        adding({files: [...files, {target: path, content: held<string>(source, 'Secret'), mode}]}),
      withUnixSocket: ({path, source}: {path: string; source: string}) =>
        adding({socket: {source: held<string>(source, 'Socket'), target: path}}),
      withExec({args}: {args: readonly string[]}) {
        const programs = evaluated(state).programs ?? [];
        const [program = '', , script = ''] = args;
        if (!programs.includes(program)) {
          const stderr = `exec: "${program}": executable file not found in $PATH`;
          throw new GraphQLError('exit code: 1 [traceparent:d752b0ce97daa39f6e5bdf838787386a-83b0352a344c14bc]', {
            extensions: {_type: 'EXEC_ERROR', cmd: args, exitCode: 1, stderr, stdout: ''},
          });
        }
        // What it looks for are words of its text: those that are there are what it would print.
        const words = new Set(script.split(/[\s;]+/));
        const there = programs.filter(name => words.has(name));
        return container({...state, stdout: there.map(name => `${name}\n`).join('')});
      },
      stdout: () => state.stdout ?? '',
      sync: () => {
        evaluated(state);
        return keep('Container', state, container(state)).id;
      },
      asService: ({args = []}: {args?: readonly string[]}) => service(evaluated(state), args),
    });
  };

  const directory = (files: Readonly<Record<string, string>>, path = ''): Node =>
    keep('Directory', path, {
      withNewFile: ({path: name, contents}: {path: string; contents: string}) =>
        directory({...files, [name]: contents}),
      dockerBuild() {
        const text = files.Dockerfile;
        if (text === undefined) throw new GraphQLError('failed to convert Dockerfile to LLB: no such file');
        const installed = [...text.matchAll(/^ && apt-get install -y --no-install-recommends \\?\n?(.*?) \\$/gm)];
        const packages = installed.flatMap(([, names = '']) => names.trim().split(/\s+/));
        const programs = packages.map(name => name.replace(/-bin$/, ''));
        return container({...empty, programs: [...debian, ...programs]});
      },
    });
  const empty: State = {
    ...{programs: undefined, user: ''},
    input: {env: {}, files: [], directories: [], socket: undefined},
  };

  return {
    root: (version: string) => ({
      version,
      container: () => container(empty),
      directory: () => directory({}),
      setSecret: ({plaintext}: {plaintext: string}) => keep('Secret', plaintext, {}),
      loadServiceFromID: ({id}: {id: string}) => load(id, 'Service'),
      node: ({id}: {id: string}) => load(id),
      host: () => ({
        file({path}: {path: string}) {
          const found = lstatSync(path, {throwIfNoEntry: false});
          if (!found) throw new GraphQLError(`stat ${path.slice(1)}: no such file or directory`);
          return keep('File', path, {});
        },
        directory({path}: {path: string}) {
          const receive = 'failed to get snapshot: failed to snapshot: failed to receive stat message: rpc error: code';
          if (!lstatSync(path, {throwIfNoEntry: false})) {
            throw new GraphQLError(
              `${receive} = NotFound desc = get full root path: lstat ${path}: no such file or directory`,
            );
          }
          if (!isAllowed(path)) {
            throw new GraphQLError(
              `failed to get snapshot: failed to snapshot: failed to sync: failed to sync parent dirs: failed to sync to local fs: receive failed: error from sender: open ${path}: permission denied [traceparent:00-11]`,
            );
          }
          return directory({}, path);
        },
        unixSocket: ({path}: {path: string}) => keep('Socket', path, {}),
      }),
    }),
    running: () => services.size,
    async killAll() {
      await Promise.all([...services.values()].map(box => box.kill()));
    },
  };
}
