import {createHash, timingSafeEqual} from 'node:crypto';
import type {BrokerRoute} from '../egress.ts';

/** Headers in which APIs take a key. An agent that could send one of its own could work for another account. */
const keyHeaders = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie', 'proxy-authorization'];
const keyParameters = ['key', 'api_key', 'access_token'];

const filled = (format: string, key: string): string => format.replace('{key}', () => key);

const same = (one: string, other: string): boolean => {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
};

/** Whether the request shows the session's token where the key belongs. Without a token nothing does. */
export const showsToken = ({header, format}: BrokerRoute, token: string, value: string | undefined): boolean =>
  token !== '' && value !== undefined && same(value, filled(format, token)) && header !== '';

/** The headers that never go on: every place for a key. */
export const headersWithKeys = ({header}: BrokerRoute): readonly string[] => [...keyHeaders, header.toLowerCase()];

export const keyHeader = ({header, format, key}: BrokerRoute): readonly [string, string] => [
  header,
  filled(format, key),
];

/** The query without what could be a key. */
export function withoutKeys(query: string): string {
  if (query === '') return '';
  const kept = query
    .slice(1)
    .split('&')
    .filter(part => !keyParameters.includes(decodedName(part)));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}

function decodedName(parameter: string): string {
  const [name = ''] = parameter.split('=', 1);
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
