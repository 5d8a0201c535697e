import {cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {bundle, root} from './bundle.ts';

type Manifest = Readonly<Record<string, unknown>>;

/** Everything is in the bundle: a user installs no other package, and above all not the Node that is there for development. */
const kept = [
  'name',
  'version',
  'description',
  'license',
  'type',
  'engines',
  'bin',
  'keywords',
  'homepage',
  'repository',
];
const texts = ['README.md', 'LICENSE', 'CHANGELOG.md'];
/** What the program reads at run time, beside its code, and what editors read. */
const data = ['images', 'schema'];

export function publishedManifest(own: Manifest): Manifest {
  const fields = kept.filter(key => own[key] !== undefined).map(key => [key, own[key]] as const);
  return {...Object.fromEntries(fields), files: ['dist', ...data, ...texts]};
}

/** Writes a directory that `npm publish` can take as it is. */
export async function writePackage(to: string): Promise<void> {
  rmSync(to, {recursive: true, force: true});
  mkdirSync(to, {recursive: true});
  await bundle({main: path.join(root, 'src/main.ts'), outdir: path.join(to, 'dist')});
  rmSync(path.join(to, 'dist/.stamp'));
  for (const name of [...texts, ...data]) {
    if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(to, name), {recursive: true});
  }
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
  writeFileSync(path.join(to, 'package.json'), `${JSON.stringify(publishedManifest(own), undefined, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const to = path.resolve(process.argv[2] ?? path.join(root, 'package'));
  await writePackage(to);
  process.stdout.write(`${to}\n`);
}
