import type {Agent} from '../agent.ts';
import {aider} from './aider.ts';
import {amp} from './amp.ts';
import {auggie} from './auggie.ts';
import {claude} from './claude.ts';
import {cline} from './cline.ts';
import {codex} from './codex.ts';
import {copilot} from './copilot.ts';
import {crush} from './crush.ts';
import {cursorAgent} from './cursor-agent.ts';
import {gemini} from './gemini.ts';
import {goose} from './goose.ts';
import {opencode} from './opencode.ts';
import {qwen} from './qwen.ts';
import {shell} from './shell.ts';

/** Every agent that Trails knows by itself, the shell first: it needs nothing. */
export const knownAgents: readonly Agent[] = [
  shell,
  claude,
  codex,
  gemini,
  opencode,
  qwen,
  copilot,
  aider,
  crush,
  goose,
  amp,
  cursorAgent,
  auggie,
  cline,
];
