import {expect, test} from 'vitest';
import {callerHeaders, callerOf} from '../../src/api/caller.ts';
import type {Caller} from '../../src/sessions/port.ts';

test.each<Caller>([
  {pid: 7, command: 'trails ls', images: {}},
  {pid: 7, command: 'trails ü', provider: 'docker', images: {prefix: 'registry.example/ü', tag: 'v2'}},
  {pid: 7, command: 'trails', images: {tag: 'v2'}},
])('who asks arrives as it was said: %j', caller => {
  expect(callerOf(new Headers(callerHeaders(caller)))).toEqual(caller);
});

test('a client that says nothing is known by its user agent', () => {
  const caller = callerOf(new Headers({'user-agent': 'curl/8', 'trails-client-pid': '-1'}));
  expect(caller).toEqual({pid: 0, command: 'curl/8', images: {}});
});
