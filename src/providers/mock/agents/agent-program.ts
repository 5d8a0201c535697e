import type {Program} from '../program.ts';
import {scriptedAgent} from './agent.ts';
import {looks} from './look.ts';
import {answerTo, type Scene, scenes} from './scenes.ts';

const resuming: ReadonlySet<string> = new Set(['resume', '--resume', '-r', '--continue', '-c']);

/** The last word, where it is a text and not the value of an option. */
const promptIn = (args: readonly string[]): string | undefined => {
  const before = args.at(-2) ?? '';
  const isValue = resuming.has(before) || (before.startsWith('-') && before !== '-i');
  const last = args.at(-1);
  return last === undefined || last.startsWith('-') || resuming.has(last) || isValue ? undefined : last;
};

function sceneOf(args: readonly string[]): Scene {
  const at = args.indexOf('--scene');
  const name = at < 0 ? '' : (args[at + 1] ?? '');
  const scene = Object.hasOwn(scenes, name) ? scenes[name] : undefined;
  if (args.some(arg => resuming.has(arg))) {
    const steps = scene?.steps.filter(({does}) => does === 'use' || does === 'say') ?? [];
    return {past: true, prompt: scene?.prompt ?? 'what we talked about', steps};
  }
  if (scene) return scene;
  const prompt = promptIn(args);
  return prompt === undefined ? {steps: []} : {prompt, steps: answerTo(prompt)};
}

/** The scripted agent of this command line; undefined: it starts none that we know. */
export function agentProgram([name = '', ...args]: readonly string[]): Program | undefined {
  const look = Object.hasOwn(looks, name) ? looks[name] : undefined;
  return look && scriptedAgent(look, sceneOf(args));
}
