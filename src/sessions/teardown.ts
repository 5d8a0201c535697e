import type {TeardownSummary} from './port.ts';
import type {SessionRecord} from './record.ts';

/** What goes and what stays when a session is torn down, in lines for a person. */
export function teardownSummary(record: SessionRecord): TeardownSummary {
  const agent = record.phase === 'running' ? [`the running agent (${record.agent})`] : [];
  const container = record.phase === 'lost' ? [] : ['its container, and files the agent made outside /workspace'];
  return {
    work: [],
    saves: [],
    removes: [...agent, ...container, 'its recorded screen and log'],
    keeps: [`${record.workspace.path} with everything in it`],
  };
}
