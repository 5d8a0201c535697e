import {expect, test} from 'vitest';
import {createRegistry} from '../../src/providers/registry.ts';

const registry = createRegistry(
  {podman: () => Promise.reject(new Error('not asked for')), dagger: () => Promise.reject(new Error('not asked for'))},
  [],
);

test('the name of an earlier program leads to what took its place', async () => {
  await expect(registry.open('container-use')).rejects.toMatchObject({
    code: 'PROVIDER_UNKNOWN',
    hint: '`dagger` has taken its place. Known: auto, podman, dagger.',
  });
});

test('any other name leads to the known ones', async () => {
  await expect(registry.open('constructor')).rejects.toMatchObject({
    code: 'PROVIDER_UNKNOWN',
    hint: 'Known: auto, podman, dagger.',
  });
});
