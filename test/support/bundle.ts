import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {build} from 'esbuild';

/** One file that Node runs, of a program with components in it. */
export async function bundle(entry: string, directory: string): Promise<string> {
  const stub = path.join(directory, 'no-devtools.js');
  writeFileSync(
    stub,
    'export default {};\nexport const connectToDevTools = () => {};\nexport const initialize = () => {};\n',
  );
  const outfile = path.join(directory, 'program.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    logLevel: 'warning',
    define: {'process.env.NODE_ENV': '"production"'},
    alias: {'react-devtools-core': stub},
    // Dependencies in CommonJS ask for it.
    banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
  });
  return outfile;
}
