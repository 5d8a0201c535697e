import {describe} from 'vitest';
import {testAttacks} from './attack.ts';
import {gitAttacks} from './git-settings.ts';

describe('what a repository says of itself', () => testAttacks(gitAttacks));
