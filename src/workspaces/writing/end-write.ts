import {readdirSync} from 'node:fs';
import type {Directory} from '../../lib/beneath.ts';
import type {OnStep, PathReason} from './file-write.ts';
import {clearStage, enterStage} from './stage.ts';
import {removeEmptied, takeBack} from './take-back.ts';
import type {Journal} from './write-journal.ts';

export interface WriteEnd {
  /** What is kept in the stage: the way it is called there is in `why`. */
  readonly kept: readonly PathReason[];
  /** What could not be taken back now. The journal stays then. */
  readonly stuck: readonly PathReason[];
}

/** Brings a write to its end from whatever phase it is in: to the new state behind the commit, to the old one before it. */
export async function endWrite(root: Directory, journal: Journal, onStep: OnStep): Promise<WriteEnd> {
  const {record} = journal;
  if (journal.phase === 'moving') {
    const stage = enterStage(root, record.stage);
    try {
      const stuck = stage ? await takeBack({root, stage, record, onStep}) : [];
      if (stuck.length > 0) return {kept: [], stuck};
    } finally {
      stage?.close();
    }
    onStep('taken-back');
    journal.advance('undone');
  }
  if (journal.phase === 'committed') await removeEmptied(root, record.writes);
  onStep('clearing');
  clearStage(root, record.stage);
  onStep('cleared');
  const kept = keptIn(root, journal);
  journal.end();
  onStep('ended');
  return {kept, stuck: []};
}

function keptIn(root: Directory, {record}: Journal): readonly PathReason[] {
  const stage = enterStage(root, record.stage);
  if (!stage) return [];
  try {
    return readdirSync(stage.here).flatMap(name => {
      const write = record.writes[Number(/-(\d+)$/.exec(name)?.[1])];
      return write ? [{path: write.path, why: `what was there before is ${record.stage}/${name}`}] : [];
    });
  } finally {
    stage.close();
  }
}
