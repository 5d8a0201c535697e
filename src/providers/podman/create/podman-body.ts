import {hardeningOf} from '../../sandbox/hardening.ts';
import {bindMounts, type CreateInput, environment, labelsOf, periodUs, tmpfsOptions} from './input.ts';
import {commandFile} from './places.ts';

const own = {nsmode: 'private'} as const;

/** The body of Podman's own create call. */
export function podmanBody(input: CreateInput) {
  const {spec, image, ownership, logPath, enforced, seccompFile} = input;
  const {limits} = spec;
  const hardening = hardeningOf(spec);
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
    // Said although they are usual: the engine's settings may say otherwise.
    ...{pidns: own, ipcns: own, utsns: own, cgroupns: own, privileged: false, httpproxy: false, env_host: false},
    terminal: true,
    stdin: true,
    init: true,
    systemd: 'false',
    read_only_filesystem: hardening.readOnlyRoot,
    cap_drop: hardening.dropCapabilities,
    no_new_privileges: hardening.noNewPrivileges,
    seccomp_profile_path: seccompFile,
    ...(input.apparmor ? {apparmor_profile: hardening.apparmor} : {}),
    netns: {nsmode: spec.network === 'open' ? 'bridge' : 'none'},
    mounts: [
      ...bindMounts(input).map(({source, target, options}) => ({type: 'bind', source, destination: target, options})),
      ...hardening.tmpfs.map(one => ({
        ...{type: 'tmpfs', source: 'tmpfs', destination: one.target},
        options: tmpfsOptions(one),
      })),
    ],
    resource_limits: {
      ...(enforced.memory ? {memory: {limit: limits.memoryBytes, swap: limits.memoryBytes}} : {}),
      ...(enforced.cpus ? {cpu: {quota: Math.round(limits.cpus * periodUs), period: periodUs}} : {}),
      ...(enforced.pids ? {pids: {limit: limits.pids}} : {}),
    },
    r_limits: hardening.ulimits.map(({name, soft, hard}) => ({type: name, soft, hard})),
    log_configuration: {driver: 'k8s-file', path: logPath},
    ...(spec.runtime === undefined ? {} : {oci_runtime: spec.runtime}),
  };
}
