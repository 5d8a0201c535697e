import type {Clock} from '../../lib/clock.ts';
import {type Evidence, evidence, sortOf} from './evidence.ts';
import type {HookRule} from './rules.ts';

/** A longer line is none of ours. */
export const longestLine = 64 * 1024;

/** A name, as it is found in an event: nothing else of it is believed. */
const name = /^[A-Za-z][\w.:/-]{0,63}$/;
/** It becomes an argument of the agent's command: it cannot be taken for an option. */
const conversationName = /^[A-Za-z0-9][\w-]{0,99}$/;

interface Event {
  readonly event: string;
  readonly kind: string;
  readonly tool: string;
  readonly session: string;
}

/** One line of hooks.jsonl; undefined for what is no event. The agent can write there what it likes. */
function eventIn(line: string): Event | undefined {
  if (line.length > longestLine || !line.startsWith('{')) return undefined;
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fields = said as Readonly<Record<string, unknown>>;
  const text = (key: string, form: RegExp) => {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return typeof value === 'string' && form.test(value) ? value : '';
  };
  // An event of an agent's own helpers says nothing about itself.
  if (text('agent', /./) || text('parent', /./)) return undefined;
  const event = text('event', name);
  return event === ''
    ? undefined
    : {event, kind: text('kind', name), tool: text('tool', name), session: text('session', conversationName)};
}

/** What the agent's hooks or our plugin told, and when. */
export type HookEvidence = Evidence & {readonly at: number};

export interface HookLayer {
  /** Takes one line. False when it was no event that a rule knows, or of a foreign conversation. */
  feed(line: string): boolean;
  readonly says: HookEvidence | undefined;
  /** Something newer says otherwise. */
  supersede(): void;
  readonly conversation: string;
  forget(): void;
}

export function createHookLayer(rules: readonly HookRule[], clock: Clock): HookLayer {
  let says: HookEvidence | undefined;
  let conversation = '';
  return {
    feed(line) {
      const said = eventIn(line);
      if (!said) return false;
      const {event, kind, tool, session} = said;
      const rule = rules.find(
        one =>
          one.event === event &&
          (one.of === undefined || one.of === kind) &&
          (one.tool === undefined || one.tool === tool),
      );
      if (!rule) return false;
      const idle = conversation === '' || !says || sortOf(says) === 'idle';
      if (session !== '' && (rule.begins === 'always' || (idle && (rule.begins || conversation === ''))))
        conversation = session;
      if (session !== '' && session !== conversation) return false;
      if (!rule.status || (rule.unless !== undefined && rule.unless === says?.status)) return true;
      const told = `event ${event}${one(rule.of)}${one(rule.tool)} of the agent's`;
      says = {...evidence(rule.status, 'hook', told, {kind: rule.kind ?? ''}), at: clock.now()};
      return true;
    },
    get says() {
      return says;
    },
    supersede() {
      says = undefined;
    },
    get conversation() {
      return conversation;
    },
    forget() {
      says = undefined;
      conversation = '';
    },
  };
}

const one = (word: string | undefined): string => (word === undefined ? '' : ` ${word}`);
