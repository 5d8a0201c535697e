import type {Client, Container} from '@dagger.io/dagger';
import type {Owner} from '../../provider.ts';
import type {MadeFile, Recipe, Upload} from '../connection/engine.ts';

const root = '0:0';
const named = ({uid, gid}: Owner) => `${uid}:${gid}`;

// What lies there now is what is meant: an engine would take what it has of an earlier upload.
const uploaded = (client: Client, container: Container, {source, target, owner, file}: Upload): Container =>
  file
    ? container.withFile(target, client.host().file(source, {noCache: true}), {owner: named(owner)})
    : container.withDirectory(target, client.host().directory(source, {noCache: true}), {owner: named(owner)});

function made(client: Client, container: Container, unique: string, {target, content, mode, secret}: MadeFile) {
  if (!secret) return container.withNewFile(target, content, {permissions: mode, owner: root});
  return container.withMountedSecret(target, client.setSecret(`${unique}:${target}`, content), {owner: root, mode});
}

/** Everything of the recipe in one container: uploads first, which equal sessions could share, then what is this session's alone. */
export function containerOf(client: Client, image: Container, recipe: Recipe): Container {
  const {unique, env, uploads, files, socket} = recipe;
  const bare = image.withUser('root').withWorkdir('/');
  const filled = uploads.reduce((container, upload) => uploaded(client, container, upload), bare);
  const written = files.reduce((container, file) => made(client, container, unique, file), filled);
  return Object.entries({...env, TRAILS_ENVIRONMENT: unique})
    .reduce((container, [name, value]) => container.withEnvVariable(name, value), written)
    .withUnixSocket(socket.target, client.host().unixSocket(socket.source), {owner: root});
}
