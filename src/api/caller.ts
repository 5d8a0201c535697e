import type {Caller} from '../sessions/port.ts';

const names = {pid: 'trails-client-pid', command: 'trails-client-command', provider: 'trails-provider'} as const;
const longest = 200;

/** Headers hold ASCII only. What was cut within a character cannot be encoded as it is. */
const encoded = (text: string): string => encodeURIComponent(text.slice(0, longest).toWellFormed());

export const callerHeaders = ({pid, command, provider}: Caller): Record<string, string> => ({
  [names.pid]: String(pid),
  [names.command]: encoded(command),
  ...(provider === undefined ? {} : {[names.provider]: encoded(provider)}),
});

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Who asks, as they say: another client than ours is known by its user agent. */
export function callerOf(headers: Headers): Caller {
  const pid = Number(headers.get(names.pid) ?? 0);
  const command = headers.get(names.command) ?? headers.get('user-agent') ?? 'unknown';
  const provider = headers.get(names.provider);
  return {
    pid: Number.isSafeInteger(pid) && pid > 0 ? pid : 0,
    command: decoded(command).slice(0, longest),
    ...(provider ? {provider: decoded(provider)} : {}),
  };
}
