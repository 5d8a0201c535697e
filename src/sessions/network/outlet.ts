import {chmodSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import type {EgressPolicy} from '../../egress/egress.ts';
import {AppError} from '../../errors.ts';
import {type Context, sessionDirectory} from '../context.ts';
import type {SessionFacts, SessionRecord} from '../record.ts';
import {policyOf, rulesFor} from './policy.ts';

/** Holds the socket by which a session gets out. */
const outletDirectory = (context: Pick<Context, 'paths'>, id: string): string =>
  path.join(sessionDirectory(context.paths, id), 'egress');

/** What the environment of a session with an allowlist sees of it. */
export const outletOf = (context: Pick<Context, 'paths'>, {id, network}: SessionFacts): {readonly egress?: string} =>
  network === 'allowlist' ? {egress: outletDirectory(context, id)} : {};

/** The agent's user is another one than ours, and only has to find the socket; nobody else gets into the directory above. */
export function makeOutlet(context: Pick<Context, 'paths'>, facts: SessionFacts): void {
  const {egress} = outletOf(context, facts);
  if (egress === undefined) return;
  try {
    mkdirSync(egress, {recursive: true});
    chmodSync(egress, 0o711);
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not make ${egress}: ${(cause as Error).message}`, {cause});
  }
}

/** Lets a session with an allowlist out, by its rules as they are now. Without a broker's keys it keeps those that it has. */
export async function openOutlet(
  context: Context,
  record: SessionRecord,
  keys?: Pick<EgressPolicy, 'token' | 'routes'>,
): Promise<void> {
  const {egress} = outletOf(context, record);
  if (egress === undefined) return;
  makeOutlet(context, record);
  await context.egress.serve(record.id, egress, policyOf(await rulesFor(context, record), keys));
}
