import {expect, test} from 'vitest';
import {AppError} from '../../../src/errors.ts';
import {redactedPort} from '../../../src/sessions/launch/redacted-port.ts';
import {createSecrets, redactingLog} from '../../../src/sessions/launch/secrets.ts';
import type {SessionsPort} from '../../../src/sessions/port.ts';

const secrets = createSecrets();
secrets.give('one', {KEY: 'sesame-1', SHORT: 'yes', EMPTY: ''});
secrets.give('one', {MORE: 'sesame-1-and-more'});
secrets.give('two', {KEY: 'sesame-2'});

test('every value is replaced, the longest first; a word that may stand anywhere is left', () => {
  expect(secrets.redact('a sesame-1-and-more b sesame-1 c sesame-2sesame-2 yes')).toBe('a *** b *** c ****** yes');
});

test('what a session had is not known when it is gone', () => {
  const own = createSecrets();
  own.give('x', {KEY: 'sesame-x'});
  expect(own.of('x')).toEqual({KEY: 'sesame-x'});
  own.forget('x');
  expect(own.of('x')).toEqual({});
  expect(own.redact('sesame-x')).toBe('sesame-x');
});

test('the log says nothing of them, however deep it is', () => {
  const lines: unknown[] = [];
  const log = redactingLog({warn: (message, fields) => void lines.push([message, fields])}, secrets);
  log.warn('no sesame-1', {why: 'sesame-2', deep: {list: ['sesame-1', 3, null]}});
  expect(lines).toEqual([['no ***', {why: '***', deep: {list: ['***', 3, null]}}]]);
});

test('no error that leaves the port has one in it, also of a list that breaks off', async () => {
  const refused = new AppError('ENGINE_REFUSED', 'bad sesame-1', {hint: 'not sesame-2'});
  const port = redactedPort(
    {
      get: async () => {
        throw refused;
      },
      list: async () => {
        throw new Error('a bug with sesame-1');
      },
      async *logs() {
        yield {lines: ['sesame-1 is what it printed'], next: 1};
        throw refused;
      },
      suggestName: async () => 'amber-bay',
    } as unknown as SessionsPort,
    secrets.redact,
  );
  await expect(port.get('x')).rejects.toMatchObject({code: 'ENGINE_REFUSED', message: 'bad ***', hint: 'not ***'});
  const bug = (await port.list().catch((error: unknown) => error)) as Error;
  expect(`${bug.message} ${bug.stack}`).not.toContain('sesame');
  expect(await port.suggestName()).toBe('amber-bay');
  const seen: string[] = [];
  const read = async () => {
    for await (const {lines} of port.logs('x', {follow: false}, new AbortController().signal)) seen.push(...lines);
  };
  await expect(read()).rejects.toMatchObject({message: 'bad ***'});
  expect(seen).toEqual(['sesame-1 is what it printed']);
});
