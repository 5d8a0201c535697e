import {nameText} from '../lib/beneath.ts';
import {settlePending} from '../workspaces/pending.ts';
import {takeCommits} from './agent-commits.ts';
import type {Context} from './context.ts';
import {freshCommits, mayHoldWork} from './keep.ts';
import type {TeardownSummary} from './port.ts';
import type {SessionRecord} from './record.ts';
import type {Reviews} from './reviews.ts';
import {keptDays} from '../workspaces/recoveries.ts';
import {ignoredFiles} from './ignored.ts';
import {placesOf} from './workspace.ts';

const mostTold = 20;

const some = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= mostTold ? lines : [...lines.slice(0, mostTold), `and ${lines.length - mostTold} more ${what}`];

const numbers = ({added, removed, binary}: {readonly added: number; readonly removed: number; readonly binary: boolean}) =>
  binary ? 'binary' : `+${added} −${removed}`;
