import {existsSync} from 'node:fs';
import {hardeningOf} from '../../sandbox/hardening.ts';
import {bindMounts, type CreateInput, environment, labelsOf, tmpfsOptions} from './input.ts';
import {commandFile} from './places.ts';

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
  const hardening = hardeningOf(spec);
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
      Privileged: false,
      IpcMode: 'private',
      ReadonlyRootfs: hardening.readOnlyRoot,
      CapDrop: hardening.dropCapabilities,
      SecurityOpt: [
        ...(hardening.noNewPrivileges ? ['no-new-privileges'] : []),
        `seccomp=${hardening.seccomp}`,
        ...(input.apparmor ? [`apparmor=${hardening.apparmor}`] : []),
      ],
      NetworkMode: spec.network === 'open' ? 'bridge' : 'none',
      // Docker's API knows no nosuid or nodev for binds; no-new-privileges, seccomp and no device capabilities stand in.
      Binds: bindMounts(input).map(
        ({source, target, options}) => `${source}:${target}:${options.includes('ro') ? 'ro' : 'rw'}`,
      ),
      Tmpfs: Object.fromEntries(hardening.tmpfs.map(one => [one.target, tmpfsOptions(one).join(',')])),
      ...(enforced.memory ? {Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes} : {}),
      ...(enforced.cpus ? {NanoCpus: Math.round(limits.cpus * 1e9)} : {}),
      ...(enforced.pids ? {PidsLimit: limits.pids} : {}),
      Ulimits: hardening.ulimits.map(({name, soft, hard}) => ({Name: name, Soft: soft, Hard: hard})),
      LogConfig: {Type: 'json-file', Config: {}},
      ...(spec.runtime === undefined ? {} : {Runtime: spec.runtime}),
    },
  };
}
