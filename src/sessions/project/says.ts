import {looseningWords} from '../../providers/sandbox/profile.ts';
import type {Project} from './project-file.ts';

const inUnits = (bytes: number): string => {
  const [unit, size] = (
    [
      ['g', 2 ** 30],
      ['m', 2 ** 20],
      ['k', 2 ** 10],
    ] as const
  ).find(([, size]) => bytes % size === 0) ?? ['', 1];
  return `${bytes / size}${unit}`;
};

const limitWords = {
  memoryBytes: (value: number) => `limits.memory: ${inUnits(value)}`,
  cpus: (value: number) => `limits.cpus: ${value}`,
  pids: (value: number) => `limits.pids: ${value}`,
  diskBytes: (value: number) => `limits.disk: ${inUnits(value)}`,
} as const;

export type LimitKey = keyof typeof limitWords;
export const limitKeys = Object.keys(limitWords) as readonly LimitKey[];
export const sayLimit = (key: LimitKey, value: number): string => limitWords[key](value);

const plain = (key: keyof Project) => (value: unknown) => `${key}: ${String(value)}`;

/** A thing that a project file says, in words; of a list each item is one. */
export const say = {
  agent: plain('agent'),
  args: (words: readonly string[]) => `args: ${words.map(word => JSON.stringify(word)).join(' ')}`,
  image: plain('image'),
  workspace: plain('workspace'),
  mode: plain('mode'),
  // On one line of a screen the second line of a command would look like part of a comment.
  setup: (command: string) =>
    `setup: ${/[\n\t]/.test(command.trim()) ? JSON.stringify(command.trim()) : command.trim()}`,
  network: plain('network'),
  allow: plain('allow'),
  profile: plain('profile'),
  loosen: (what: Project['loosen'][number]) => `loosen: ${what} (${looseningWords[what]})`,
  credentials: plain('credentials'),
  runtime: plain('runtime'),
  env: (name: string) => `env: ${name}, as it is set where a session is asked for`,
} as const;

/** Everything it says, in the order of the table. */
export const saysOf = (project: Partial<Project>): readonly string[] => [
  ...(['agent', 'image', 'workspace', 'mode', 'network', 'profile', 'credentials', 'runtime'] as const).flatMap(key =>
    project[key] === undefined ? [] : [say[key](project[key])],
  ),
  ...limitKeys.flatMap(key => (project.limits?.[key] === undefined ? [] : [sayLimit(key, project.limits[key])])),
  ...((project.args ?? []).length > 0 ? [say.args(project.args ?? [])] : []),
  ...(project.setup ?? []).map(say.setup),
  ...(project.allow ?? []).map(say.allow),
  ...(project.loosen ?? []).map(say.loosen),
  ...(project.env ?? []).map(say.env),
];
