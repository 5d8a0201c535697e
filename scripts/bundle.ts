import {createHash} from 'node:crypto';
import {globSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {BuildOptions, Plugin} from 'esbuild';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

interface Manifest {
  readonly version: string;
  readonly engines: {readonly node: string};
}

export const manifest = (): Manifest => JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;

// A require is what esbuild turns into loading at the first call.
const lazyWidth = `
import {createStringWidth} from './scripts/string-width.ts';
export default createStringWidth(() => require('string-width').default);
`;

/**
 * The SDK's own entrance brings its runtime for modules with it, and that TypeScript, gRPC and OpenTelemetry: 6.9 MB and 115 MB of
 * memory. Its API alone is these two files: 120 kB.
 */
const daggerApi = `
export {Client} from './node_modules/@dagger.io/dagger/dist/src/api/client.gen.js';
export {Context} from './node_modules/@dagger.io/dagger/dist/src/common/context.js';
`;

/** Packages that a bundle takes in other shapes than a plain install would. */
const substitutes: Plugin = {
  name: 'substitutes',
  setup(build) {
    build.onResolve({filter: /^string-width$/}, args =>
      args.namespace === 'width' ? undefined : {path: 'string-width', namespace: 'width'},
    );
    build.onLoad({filter: /.*/, namespace: 'width'}, () => ({contents: lazyWidth, resolveDir: root}));
    build.onResolve({filter: /^@dagger\.io\/dagger$/}, ({path: name}) => ({path: name, namespace: 'dagger'}));
    build.onLoad({filter: /.*/, namespace: 'dagger'}, () => ({contents: daggerApi, resolveDir: root}));
    // Ink reaches for it only under DEV=true; it is not installed.
    build.onResolve({filter: /^react-devtools-core$/}, args => ({path: args.path, namespace: 'stub'}));
    build.onLoad({filter: /.*/, namespace: 'stub'}, () => ({contents: 'export default {};', loader: 'js'}));
    // ssh2 does without them: what they are faster at, Node's own crypto does well enough, and no package of ours holds machine code.
    build.onResolve({filter: /\/sshcrypto\.node$|^cpu-features$/}, ({path: name}) => ({
      path: name,
      namespace: 'native',
    }));
    build.onLoad({filter: /.*/, namespace: 'native'}, () => ({contents: "throw new Error('left out');", loader: 'js'}));
  },
};

/** A thread's program is one file of its own, and its text a part of ours: what is loaded is all there is. */
const threads: Plugin = {
  name: 'threads',
  setup(build) {
    build.onLoad({filter: /src\/workspaces\/threads\/thread-program\.ts$/}, async ({path: file}) => {
      const {outputFiles} = await build.esbuild.build({
        ...{entryPoints: [path.join(path.dirname(file), 'thread.ts')], write: false, bundle: true, minify: true},
        ...{keepNames: true, format: 'esm', platform: 'node', target: 'node24', absWorkingDir: root},
      });
      const text = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
      return {contents: `export const threadProgram = new URL('data:text/javascript;base64,${text}');`};
    });
  },
};

export interface BundleOptions {
  readonly main: string;
  readonly outdir: string;
}

/** The program, in pieces that are loaded when they are needed. */
export const programOptions = ({main, outdir}: BundleOptions): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: {trails: main},
  outdir,
  bundle: true,
  splitting: true,
  minify: true,
  // Names in a stack are worth their bytes in a bug report.
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  jsx: 'automatic',
  chunkNames: 'chunks/[name]-[hash]',
  // With a fetch in sight Yoga's loader would pull undici in at start-up.
  define: {
    fetch: 'undefined',
    // ssh2 names two files by it that it does not need here: what it reads of them is in its text already.
    __dirname: '"/"',
    'process.env.NODE_ENV': '"production"',
    'process.env.TRAILS_VERSION': JSON.stringify(manifest().version),
  },
  // Packages in CommonJS ask for Node's own modules through require.
  banner: {
    js: "import {createRequire as trailsRequire} from 'node:module';const require=trailsRequire(import.meta.url);",
  },
  plugins: [substitutes, threads],
  logLevel: 'warning',
});

/** The small file that looks at the engine first. */
export const entryOptions = ({outdir}: BundleOptions): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: {main: path.join(root, 'scripts/entry.ts')},
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'es2020',
  banner: {js: '#!/usr/bin/env node'},
  define: {NEEDED_NODE: JSON.stringify(manifest().engines.node.replace(/[^\d.]/g, ''))},
  logLevel: 'warning',
});

/** Changes when anything does that goes into the bundle. */
export function sourcesStamp(): string {
  const files = globSync(['src/**/*', 'scripts/**/*', 'package.json', 'package-lock.json'], {cwd: root}).sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const {size, mtimeMs} = statSync(path.join(root, file));
    hash.update(`${file}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Builds both into an emptied directory; false when what is there is still right. */
export async function bundle(options: BundleOptions): Promise<boolean> {
  const stampFile = path.join(options.outdir, '.stamp');
  const stamp = `${process.version}:${options.main}:${sourcesStamp()}`;
  try {
    if (readFileSync(stampFile, 'utf8') === stamp) return false;
  } catch {
    // Nothing was built yet.
  }
  const {build} = await import('esbuild');
  rmSync(options.outdir, {recursive: true, force: true});
  await Promise.all([build(programOptions(options)), build(entryOptions(options))]);
  writeFileSync(stampFile, stamp);
  return true;
}
