export {manualClock} from '../../src/lib/manual-clock.ts';
