import type {ManagedFile} from '../agent.ts';
import {hookCommand} from './hook-program.ts';

/** Seconds: an agent waits so long for a hook that hangs. */
const patience = 5;

const json = (content: unknown): string => `${JSON.stringify(content, null, 2)}\n`;

/** An event of an agent; with `matcher` only some of its kind. */
export interface HookEvent {
  readonly event: string;
  readonly matcher?: string;
}

const handlers = (timeout: number, more: object, {event, matcher}: HookEvent) => [
  {
    ...(matcher === undefined ? {} : {matcher}),
    hooks: [{type: 'command', command: hookCommand(event), timeout, ...more}],
  },
];

/** Hooks in Claude Code's form, which others took over; `unit`: what its time-outs count in; `more` of what an agent takes for each. */
export const hookSettings = (events: readonly HookEvent[], unit: 's' | 'ms', more: object = {}) =>
  Object.fromEntries(events.map(one => [one.event, handlers(unit === 's' ? patience : patience * 1000, more, one)]));

export const managedJson = (path: string, content: unknown): ManagedFile => ({path, content: json(content)});

/** Codex' system configuration, below the user's: the workspace is trusted, and nobody asks for a newer version. */
export const codexConfig = (path: string): ManagedFile => ({
  path,
  content: 'check_for_update_on_startup = false\n\n[projects."/workspace"]\ntrust_level = "trusted"\n',
});

/**
 * Its own sandbox makes namespaces, which a strict one of ours refuses: then each command fails at first, unless the model asks the person
 * at once. There is no way to have it ask without a sandbox of its own.
 */
const codexUnboxed = [
  'This session already runs in a sandbox. If a command fails because bwrap cannot create a namespace, your own sandbox is not to be had here:',
  'from then on ask for every command with sandbox_permissions "require_escalated" and a short justification, instead of trying it without.',
].join(' ');

/** Codex' requirements.toml: hooks of it run without being reviewed, and what is said to the model beside the user's own instructions. */
export const codexRequirements = (path: string, events: readonly string[]): ManagedFile => ({
  path,
  content: [
    `additional_developer_instructions = ${JSON.stringify(codexUnboxed)}\n`,
    '[hooks]\nmanaged_dir = "/run/trails"\n',
    ...events.map(
      event =>
        `[[hooks.${event}]]\n[[hooks.${event}.hooks]]\ntype = "command"\ncommand = "${hookCommand(event)}"\ntimeout = ${patience}\n`,
    ),
  ].join('\n'),
});

export const copilotHooks = (path: string, events: readonly string[]): ManagedFile => ({
  path,
  content: json({
    version: 1,
    hooks: Object.fromEntries(
      events.map(event => [event, [{type: 'command', bash: hookCommand(event), timeoutSec: patience}]]),
    ),
  }),
});

/** A plugin of opencode that does what the hook program does. */
export const opencodePlugin = (path: string, events: readonly string[]): ManagedFile => ({
  path,
  content: `// trails: tells of opencode's events.
import {appendFileSync, lstatSync} from 'node:fs';

const log = '/run/trails-exchange/hooks.jsonl';
const told = new Set(${JSON.stringify(events)});
const word = value => (typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,100}$/.test(value) ? value : '');

const tell = ({type, properties = {}}) => {
  if (!told.has(type)) return;
  const tool = word(properties.permission ?? properties.part?.tool);
  const kind = word(properties.status?.type ?? properties.error?.name ?? properties.part?.state?.status);
  const session = word(properties.sessionID ?? properties.part?.sessionID);
  try {
    const found = lstatSync(log, {throwIfNoEntry: false});
    if (!found || found.isFile()) appendFileSync(log, JSON.stringify({event: type, tool, kind, session}) + '\\n');
  } catch {}
};

export const TrailsPlugin = async () => ({event: async ({event}) => tell(event)});
`,
});
