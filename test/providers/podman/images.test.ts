import {globSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {knownAgents} from '../../../src/agents/known/known.ts';
import {buildArguments, buildCommand} from '../../../src/providers/podman/image-build.ts';
import {openPodmanFixture, type PodmanFixture} from '../../support/podman.ts';

let fixture: PodmanFixture;
beforeAll(async () => {
  fixture = await openPodmanFixture();
}, 60_000);
afterAll(() => fixture.close());

test('every known agent has an image on a base, with versions as build arguments, for a user that is not root', () => {
  const directories = globSync('images/*/Containerfile').map(file => path.basename(path.dirname(file)));
  expect([...directories].sort()).toEqual([...new Set(knownAgents.map(({image}) => image))].sort());
  for (const name of directories) {
    const text = readFileSync(`images/${name}/Containerfile`, 'utf8');
    expect(buildArguments(name), name).toContain('BASE_IMAGE');
    expect(text, name).toMatch(/^ARG [A-Z]+_VERSION=\d/m);
    expect(text.match(/^USER .*$/gm)?.at(-1), name).toBe('USER 1000');
    if (name !== 'base') expect(text, name).toMatch(/^ARG BASE_IMAGE=localhost\/trails\/base:latest$/m);
  }
  expect(readFileSync('images/base/Containerfile', 'utf8')).toContain('ENTRYPOINT ["/usr/bin/tini", "-g", "--"]');
});

test('there are no build arguments of an image that is not there', () => {
  for (const name of ['nobody', '../base', 'BASE', '']) expect(buildArguments(name), name).toBeUndefined();
});

test('values of build arguments are in no command line, and only those that are taken', () => {
  const args = {HTTPS_PROXY: 'http://u:secret@proxy', VERSION: '1', OTHER: '2'};
  const command = buildCommand('/i/x/Containerfile', ['VERSION', 'HTTPS_PROXY', 'PIP_CERT'], {
    ...{name: 'x', reference: 'a/x:1', args, ca: '/ca.pem'},
  });
  expect(command).toEqual({
    args: [
      ...['build', '-t', 'a/x:1', '--build-arg', 'PIP_CERT', '--build-arg', 'HTTPS_PROXY', '--build-arg', 'VERSION'],
      ...['--secret', 'id=ca,src=/ca.pem', '-f', '/i/x/Containerfile', '/i/x'],
    ],
    env: {PIP_CERT: '/run/secrets/ca', HTTPS_PROXY: 'http://u:secret@proxy', VERSION: '1'},
  });
});

test('an image goes, unless something runs in it', async () => {
  const {provider, podman} = fixture;
  const images = provider.images!;
  const reference = `localhost/t-images/${path.basename(fixture.home).toLowerCase()}:1`;
  // An image of ours is made by the first environment; another name of it will do.
  const id = await provider.createEnvironment(fixture.spec(), () => {}, new AbortController().signal);
  const {image} = JSON.parse((await podman('inspect', id, '--format', '{"image":"{{.Image}}"}')).stdout);
  await podman('tag', image, reference);
  expect((await images.list()).map(one => one.reference)).toContain(reference);
  await images.remove(reference);
  expect((await images.list()).map(one => one.reference)).not.toContain(reference);
  await expect(images.remove(reference)).rejects.toMatchObject({code: 'IMAGE_MISSING'});
  const last = (await images.list()).find(one => one.id.startsWith(image.slice(0, 12)))!;
  await expect(images.remove(last.reference)).rejects.toMatchObject({code: 'ENGINE_REFUSED'});
  await provider.destroyEnvironment(id);
}, 60_000);
