import {describe} from 'vitest';
import {testAttacks} from './attack.ts';
import {fileAttacks} from './odd-files.ts';
import {nameAttacks} from './odd-names.ts';
import {sizeAttacks} from './odd-sizes.ts';

describe('files that are none', () => testAttacks(fileAttacks));
describe('names', () => testAttacks(nameAttacks));
describe('sizes', () => testAttacks(sizeAttacks));
