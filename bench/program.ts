import path from 'node:path';
import {root} from '../scripts/bundle.ts';

/** The bundled program, as a user starts it. */
export const program = path.join(root, 'dist/main.js');
