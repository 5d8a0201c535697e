import type {Caller} from '../sessions/port.ts';

const names = {
  pid: 'trails-client-pid',
  command: 'trails-client-command',
  provider: 'trails-provider',
  prefix: 'trails-image-prefix',
  tag: 'trails-image-tag',
} as const;
const longest = 200;

/** Headers hold ASCII only. What was cut within a character cannot be encoded as it is. */
const encoded = (text: string): string => encodeURIComponent(text.slice(0, longest).toWellFormed());

export const callerHeaders = ({pid, command, provider, images = {}}: Caller): Record<string, string> => {
  const optional = {[names.provider]: provider, [names.prefix]: images.prefix, [names.tag]: images.tag};
  return {
    [names.pid]: String(pid),
    [names.command]: encoded(command),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([name, value]) => (value === undefined ? [] : [[name, encoded(value)]])),
    ),
  };
};

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
  const [provider, prefix, tag] = [names.provider, names.prefix, names.tag].map(name => headers.get(name));
  return {
    pid: Number.isSafeInteger(pid) && pid > 0 ? pid : 0,
    command: decoded(command).slice(0, longest),
    ...(provider ? {provider: decoded(provider)} : {}),
    images: {...(prefix ? {prefix: decoded(prefix)} : {}), ...(tag ? {tag: decoded(tag)} : {})},
  };
}
