const firstDescriptor = 3;

/**
 * The descriptor systemd listens on for us, if it started us for that. The variables are taken away: a program we start would
 * think they are for it.
 */
export function takeInherited(env: NodeJS.ProcessEnv, pid = process.pid): number | undefined {
  const {LISTEN_PID, LISTEN_FDS} = env;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete env[name];
  return LISTEN_PID === String(pid) && LISTEN_FDS === '1' ? firstDescriptor : undefined;
}
