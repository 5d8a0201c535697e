import type {ProjectView} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Context} from './context.ts';

/** Says on stderr what the project file does to a session, and what of it is left out. */
export function noteProject({print}: Context, project: ProjectView | null): void {
  if (!project) return;
  const {file, trust, applied, refused, repo} = project;
  for (const words of trust === 'trusted' ? [] : applied) print.note(`${cleanLine(file)}: ${cleanLine(words)}`);
  if (refused.length === 0) return;
  const why = trust === 'changed' ? 'has changed since it was trusted' : 'is not trusted';
  print.note(`${cleanLine(file)} ${why}; left out:`);
  for (const words of refused) print.note(`  ${cleanLine(words)}`);
  print.note(`See what it asks for, and agree to it: trails trust ${cleanLine(repo)}`);
}
