import {readFileSync, statSync} from 'node:fs';
import {AppError} from '../../errors.ts';
import {type Agents, agentsOf, builtIn} from '../registry.ts';

/** How the agents are had. */
export interface AgentsOptions {
  /** While the configuration cannot be read: those it had before. */
  readonly orLast?: boolean;
}

export type AgentsSource = (options?: AgentsOptions) => Promise<Agents>;

// By need: without `agents:` nothing of it is loaded.
export const loadCustom = () => import('./custom-agents.ts');

/** Tells one state of the file from the next without reading it; "" while it is not there. */
function stateOf(file: string): string {
  try {
    const {ino, size, mtimeNs, ctimeNs} = statSync(file, {bigint: true});
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch {
    return '';
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `${file}: ${(cause as Error).message}`, {cause});
  }
}

/** The agents of Trails with those of this configuration. Throws CONFIG_INVALID. */
export async function readAgents(file: string): Promise<Agents> {
  const text = textOf(file);
  return text.includes('agents') ? agentsOf((await loadCustom()).withCustom(builtIn.all, file, text)) : builtIn;
}

/** The agents as the configuration says now; it is read anew when it has changed. */
export function agentsSource(file: string): AgentsSource {
  let state = '';
  let current: Promise<Agents> = Promise.resolve(builtIn);
  let last = builtIn;
  return async ({orLast = false} = {}) => {
    try {
      const now = stateOf(file);
      if (now !== state) {
        state = now;
        current = now === '' ? Promise.resolve(builtIn) : readAgents(file);
      }
      last = await current;
      return last;
    } catch (error) {
      if (orLast) return last;
      throw error;
    }
  };
}
