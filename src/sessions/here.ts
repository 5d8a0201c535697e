import type {SessionsPort} from './port.ts';

const picked = (env: Readonly<Record<string, string | undefined>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap(name => (env[name] ? [[name, env[name]]] : [])));

/**
 * The port for somebody who asks from a shell: what is made or started brings along those of its variables that its agent needs or that a
 * trusted project names, and no other ones.
 */
export function bringingHere(port: SessionsPort, env: Readonly<Record<string, string | undefined>>): SessionsPort {
  const ofSession = async (ref: string) => picked(env, (await port.get(ref)).variables);
  return {
    ...port,
    create: async (request, onProgress, signal) =>
      port.create(
        {...request, here: {...picked(env, (await port.resolve(request)).variables), ...request.here}},
        onProgress,
        signal,
      ),
    start: async (ref, size, options) =>
      port.start(ref, size, {...options, here: {...(await ofSession(ref)), ...options?.here}}),
    restart: async (ref, size, options) =>
      port.restart(ref, size, {...options, here: {...(await ofSession(ref)), ...options?.here}}),
  };
}
