import path from 'node:path';
import {bundle, root} from './bundle.ts';

const began = performance.now();
const built = await bundle({main: path.join(root, 'src/main.ts'), outdir: path.join(root, 'dist')});
if (built) process.stderr.write(`built dist/ in ${Math.round(performance.now() - began)} ms\n`);
