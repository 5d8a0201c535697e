import {type Evidence, sortOf} from './evidence.ts';
import type {HookEvidence} from './hook-layer.ts';
import type {ScreenEvidence} from './screen-layer.ts';
import type {TitleEvidence} from './title-layer.ts';

/** So long an event or a title is believed against a picture that says otherwise: the agent draws a moment later than it tells. */
export const trustMs = 1500;
/** An agent that works prints, be it a spinner. */
export const silentMs = 3000;

export interface Layers {
  readonly container: Evidence | undefined;
  readonly program: Evidence | undefined;
  readonly hook: HookEvidence | undefined;
  readonly title: TitleEvidence | undefined;
  readonly screen: ScreenEvidence | undefined;
  readonly activity: Evidence;
  /** When it last printed. */
  readonly lastOutput: number;
}

/** The same said with what the screen adds: thinking or working, that it tries again, that its last turn failed, what it asks. */
function refined(said: Evidence, screen: ScreenEvidence | undefined): Evidence {
  if (!screen || sortOf(screen) !== sortOf(said) || sortOf(said) === 'other') return said;
  // Its own protocol tells an error from an end, and what it said of an error is more than what an input box shows.
  const exact = said.status === 'error' || (said.source === 'osc7501' && sortOf(said) === 'idle');
  if (exact && screen.status !== said.status) return said;
  const kind = said.source === 'osc7501' ? said.kind || screen.kind : screen.kind || said.kind;
  const detail = said.detail || screen.detail;
  if (screen.status === said.status && kind === said.kind && detail === said.detail) return said;
  return {...said, status: screen.status, kind, detail, rule: `${said.rule}; ${screen.rule}`};
}

/** Layers of evidence: the first that applies wins, a picture that holds whatever else is said goes before what cannot know of it. */
export function weigh({container, program, hook, title, screen, activity, lastOutput}: Layers, now: number): Evidence {
  if (container) return container;
  const holds = screen?.always && sortOf(screen) !== 'busy' ? screen : undefined;
  if (program) return holds && sortOf(program) === 'idle' ? holds : refined(program, screen);
  if (screen?.always) return screen;
  const believed = (said: {readonly at: number} & Evidence) =>
    !screen || sortOf(screen) === sortOf(said) || now - said.at < trustMs;
  if (hook && believed(hook)) return refined(hook, screen);
  if (title && !title.weak) {
    // An input box is there while it works, too, and the line above it that tells so may be hidden.
    const boxOnly = sortOf(title) === 'busy' && screen?.status === 'ready' && now - lastOutput < silentMs;
    if (boxOnly || believed(title)) return refined(title, screen);
  }
  return screen ?? hook ?? title ?? activity;
}
