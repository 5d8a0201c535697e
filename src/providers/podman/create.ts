import {existsSync} from 'node:fs';
import type {EnvironmentSpec, Mount} from '../provider.ts';
import type {EnforcedLimits, Owner, Ownership} from './ownership.ts';

/** Labels by which the provider finds its own files again. */
export const directoryLabel = 'trails.dir';
export const imageLabel = 'trails.image';
export const agentHome = '/home/agent';
export const commandFile = '/run/trails/agent';
/** Where the main process finds the variables of its start, and takes them away. */
export const secretsPlace = '/run/trails-secrets';

const periodUs = 100_000;
/** What a shell, a compiler and an agent need; REST ignores the defaults of containers.conf. */
const ulimits = [
  {name: 'nofile', soft: 1024, hard: 4096},
  {name: 'nproc', soft: 2048, hard: 4096},
] as const;

export interface CreateInput {
  readonly spec: EnvironmentSpec;
  readonly image: string;
  /** Besides those of the spec: the host image's. */
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  readonly ownership: Ownership;
  readonly enforced: EnforcedLimits;
  readonly ownerOf: (directory: string) => Owner;
  readonly logPath: string;
}

const labelsOf = (spec: EnvironmentSpec) => ({
  ...spec.labels,
  [directoryLabel]: spec.stateDir,
  [imageLabel]: spec.image,
});

const tmpfs = (size: string, ...more: string[]) => [`size=${size}`, 'nosuid', 'nodev', 'mode=1777', ...more];
const tmpfsMounts: Readonly<Record<string, readonly string[]>> = {
  '/tmp': tmpfs('512m'),
  '/var/tmp': tmpfs('128m'),
};

function bindMounts({spec, mounts, ownership, ownerOf}: CreateInput) {
  const writable = (source: string, target: string) => ({
    source,
    target,
    options: ['rw', 'rbind', 'nosuid', 'nodev', ...ownership.bindOptions(ownerOf(source))],
  });
  const fixed = [
    writable(spec.workspace, '/workspace'),
    writable(`${spec.stateDir}/home`, agentHome),
    writable(`${spec.stateDir}/secrets`, secretsPlace),
    {source: `${spec.stateDir}/run`, target: '/run/trails', options: ['ro', 'bind', 'nosuid', 'nodev']},
  ];
  const further = [...mounts, ...spec.mounts].map(({source, target, readOnly}) =>
    readOnly ? {source, target, options: ['ro', 'rbind', 'nosuid', 'nodev']} : writable(source, target),
  );
  return [...further, ...fixed];
}

const environment = ({spec, env}: CreateInput): Readonly<Record<string, string>> => ({
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  HOME: agentHome,
  ...env,
  ...spec.env,
});

/** The body of Podman's own create call. */
export function podmanBody(input: CreateInput) {
  const {spec, image, ownership, logPath, enforced} = input;
  const {limits} = spec;
  return {
    name: spec.name,
    hostname: spec.hostname,
    image,
    labels: labelsOf(spec),
    // Not the image's own entry point: the command is ours, written before each start.
    entrypoint: ['/bin/sh', commandFile],
    command: [],
    env: environment(input),
    work_dir: '/workspace',
    user: ownership.user,
    ...(ownership.userns ? {userns: ownership.userns} : {}),
    ...(ownership.idmappings ? {idmappings: ownership.idmappings} : {}),
    terminal: true,
    stdin: true,
    init: true,
    systemd: 'false',
    read_only_filesystem: true,
    cap_drop: ['ALL'],
    no_new_privileges: true,
    netns: {nsmode: spec.network === 'none' ? 'none' : 'bridge'},
    mounts: [
      ...bindMounts(input).map(({source, target, options}) => ({type: 'bind', source, destination: target, options})),
      ...Object.entries(tmpfsMounts).map(([destination, options]) => ({
        type: 'tmpfs',
        source: 'tmpfs',
        destination,
        options,
      })),
    ],
    resource_limits: {
      ...(enforced.memory ? {memory: {limit: limits.memoryBytes, swap: limits.memoryBytes}} : {}),
      ...(enforced.cpus ? {cpu: {quota: Math.round(limits.cpus * periodUs), period: periodUs}} : {}),
      ...(enforced.pids ? {pids: {limit: limits.pids}} : {}),
    },
    r_limits: ulimits.map(({name, soft, hard}) => ({type: name, soft, hard})),
    log_configuration: {driver: 'k8s-file', path: logPath},
    ...(spec.runtime === undefined ? {} : {oci_runtime: spec.runtime}),
  };
}

/** Programs that end as PID 1 should, in the machine's own /usr. */
const hostInits = ['/usr/bin/docker-init', '/usr/bin/tini', '/usr/bin/tini-static', '/usr/bin/catatonit'];

/**
 * Docker puts its init at /sbin/docker-init, where the host image has the machine's own read-only /usr: there it is one of the
 * machine's. Without any the agent is PID 1 itself, which only KILL ends unless it handles TERM.
 */
function dockerEntry({spec}: CreateInput, there: (file: string) => boolean) {
  const shell = ['/bin/sh', commandFile];
  if (spec.image !== 'host') return {init: true, entry: shell};
  const init = hostInits.find(there);
  return {init: false, entry: init === undefined ? shell : [init, '--', ...shell]};
}

/** The body of Docker's create call. `there` says whether this machine has a file. */
export function dockerBody(input: CreateInput, there: (file: string) => boolean = existsSync) {
  const {init, entry} = dockerEntry(input, there);
  const {spec, image, ownership, enforced} = input;
  const {limits} = spec;
  return {
    Hostname: spec.hostname,
    Image: image,
    Labels: labelsOf(spec),
    Entrypoint: entry,
    Cmd: [],
    Env: Object.entries(environment(input)).map(([key, value]) => `${key}=${value}`),
    WorkingDir: '/workspace',
    User: ownership.user,
    Tty: true,
    OpenStdin: true,
    StdinOnce: false,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      Init: init,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: spec.network === 'none' ? 'none' : 'bridge',
      // Docker's API knows no nosuid or nodev for binds; no-new-privileges and no device capabilities stand in.
      Binds: bindMounts(input).map(
        ({source, target, options}) => `${source}:${target}:${options.includes('ro') ? 'ro' : 'rw'}`,
      ),
      Tmpfs: Object.fromEntries(Object.entries(tmpfsMounts).map(([target, options]) => [target, options.join(',')])),
      ...(enforced.memory ? {Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes} : {}),
      ...(enforced.cpus ? {NanoCpus: Math.round(limits.cpus * 1e9)} : {}),
      ...(enforced.pids ? {PidsLimit: limits.pids} : {}),
      Ulimits: ulimits.map(({name, soft, hard}) => ({Name: name, Soft: soft, Hard: hard})),
      LogConfig: {Type: 'json-file', Config: {}},
      ...(spec.runtime === undefined ? {} : {Runtime: spec.runtime}),
    },
  };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** At most a second, and not at all without stty. */
const awaitSizeLines = `i=0
while [ "$i" -lt 100 ] && [ "$(stty size 2>/dev/null)" = "0 0" ]; do i=$((i + 1)); sleep 0.01; done
`;

/** Variables as lines of a shell script. */
export const exportLines = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    // A name that a shell cannot export would end the script.
    .filter(([key]) => /^[A-Za-z_]\w*$/.test(key))
    .map(([key, value]) => `export ${key}=${quoted(value)}\n`)
    .join('');

/** Takes in what was handed over, and away before the command begins; in a start without it, nothing. */
const secretLines = (file: string): string => `if [ -r ${quoted(file)} ]; then
  . ${quoted(file)}
  rm -f ${quoted(file)}
fi
`;

export interface ScriptOptions {
  /** For an engine that can set the size only after the start. */
  readonly awaitSize?: boolean;
  /** A file with further variables, which goes when they are read. */
  readonly secrets?: string | undefined;
}

/** The script that is the environment's main process. */
export function agentScript(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  {awaitSize = false, secrets}: ScriptOptions = {},
): string {
  const lines = [
    '#!/bin/sh\n',
    awaitSize ? awaitSizeLines : '',
    exportLines(env),
    secrets === undefined ? '' : secretLines(secrets),
    `exec ${argv.map(quoted).join(' ')}\n`,
  ];
  return lines.join('');
}
