import {AppError} from '../errors.ts';
import {type Context, needTerminal, type PortOptions} from './context.ts';
import {findingLines} from './finding-text.ts';
import {runSetup} from './setup-command.ts';

/** A machine without an engine is offered one before the dashboard opens on nothing. */
async function offerSetup(context: Context): Promise<void> {
  const missing = await context.setup.missing();
  if (missing.length === 0) return;
  for (const line of findingLines(missing, context.print.paint)) context.print.note(line);
  context.print.note('Sessions cannot run yet. This is what `trails setup` would do about it:');
  if ((await runSetup(context, {yes: false, offers: false})) && (await context.setup.missing()).length === 0) return;
  throw new AppError('ENGINE_UNREACHABLE', 'there is no engine to run sessions', {
    hint: 'Run `trails setup` when you like; `trails --dev` shows the dashboard without an engine.',
  });
}

/** What `trails` alone does. */
export async function openDashboard(context: Context, options: PortOptions): Promise<void> {
  needTerminal(context, 'The dashboard');
  const provider = options.provider ?? (context.env.TRAILS_PROVIDER || undefined);
  context.globals = {...(provider ? {provider} : {}), ...(options.dev ? {dev: true} : {})};
  const {keys, notify, provider: configured} = await context.config.load();
  if (!options.dev && (provider ?? configured) !== 'mock') await offerSetup(context);
  const port = await context.openPort({...context.globals, stay: true});
  try {
    context.exitCode = await context.startDashboard({port, detachKey: keys.detach, notify, dev: options.dev === true});
  } finally {
    await port.close();
  }
}
