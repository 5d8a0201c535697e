import path from 'node:path';
import {systemClock} from '../../../src/lib/clock.ts';
import {createCheckpoints} from '../../../src/providers/dagger/checkpoint/checkpoints.ts';
import {localLink} from './local-link.ts';

// In a process of its own a checkpoint can be ended anywhere: TRAILS_FAULT.
const [home = '', work] = process.argv.slice(2);
const checkpoints = createCheckpoints({directory: path.join(home, 'state'), clock: systemClock});
const roots = [{name: 'workspace', inside: '/mnt/inside/work', outside: path.join(home, 'outside')}];
if (work === 'recover') await checkpoints.recover(roots);
else process.stdout.write(JSON.stringify(await checkpoints.take(localLink(home), roots)));
