import type {Program} from '../program.ts';
import {type LivePart, liveScreen} from './live-screen.ts';
import type {Look, Mood} from './look.ts';
import {answerTo, type Scene, type Step} from './scenes.ts';
import {readTyping, type Typed} from './typing.ts';

const frameMs = 500;
const againMs = 6000;
/** So long a text stands before it goes on. */
const readMs = 800;
const verbs = ['Pondering', 'Simmering', 'Untangling', 'Brewing', 'Weighing'] as const;
const pastVerbs = ['Pondered', 'Simmered', 'Untangled', 'Brewed', 'Weighed'] as const;

type Report = 'idle' | 'working' | 'blocked' | 'done' | 'error';
type Live = (frame: number, seconds: number) => readonly string[];

/** An agent that follows a scene, takes prompts and answers, and looks like one of those people use. */
export const scriptedAgent =
  (look: Look, scene: Scene): Program =>
  host => {
    const screen = liveScreen(host);
    let turn = 0;
    let startedAt = 0;
    let frame = 0;
    let draft = '';
    let live: Live | undefined;
    let asking: ((allowed: boolean) => void) | undefined;
    const queued: string[] = [];

    const report = (state: Report, kind = '', message = '') => {
      if (look.app === undefined) return;
      const more = `${kind && `:kind=${kind}`}${message && `:msg=${Buffer.from(message).toString('base64')}`}`;
      host.print(`\x1b]7501;state=${state}:app=${look.app}${more}\x1b\\`);
    };
    let title = '';
    const name = (mood: Mood) => {
      const next = look.title(mood, frame);
      if (next === title) return;
      title = next;
      host.print(`\x1b]0;${title}\x07`);
    };
    const seconds = () => Math.floor((host.now() - startedAt) / 1000);
    const busy = () => live !== undefined;

    const draw = () => {
      if (asking) return;
      const input = look.input(draft, host.size.columns, busy());
      const above = live?.(frame, seconds()) ?? [];
      const part: LivePart = {
        lines: [...above, ...input.lines],
        ...(input.cursor ? {cursor: {...input.cursor, row: input.cursor.row + above.length}} : {}),
      };
      screen.show(part);
    };
    /** Moves while it is at work; one that rests costs nothing. */
    const animate = (mine: number) => {
      host.after(frameMs, () => {
        if (mine !== turn || !busy()) return;
        frame += 1;
        draw();
        animate(mine);
      });
    };

    const rest = () => {
      live = undefined;
      asking = undefined;
      name('ready');
      draw();
      const next = queued.shift();
      if (next !== undefined) work({prompt: next, steps: answerTo(next)});
    };
    const stepOf: {
      readonly [Does in Step['does']]: (step: Step & {does: Does}, next: () => void, mine: number) => void;
    } = {
      think({ms}, next) {
        const verb = verbs[turn % verbs.length] ?? verbs[0];
        live = (at, past) => look.thinks(verb, at, past);
        draw();
        host.after(ms, next);
      },
      say({text}, next) {
        screen.say(look.said(text));
        host.after(readMs, next);
      },
      use({call, ms, result}, next) {
        const verb = verbs[turn % verbs.length] ?? verbs[0];
        live = (at, past) => [...look.uses(call), ...look.thinks(verb, at, past)];
        draw();
        const done = () => {
          live = undefined;
          screen.say(look.used(call, result));
          next();
        };
        host.after(ms, done);
      },
      ask({command, why, result}, next, mine) {
        live = undefined;
        report('blocked', 'permission', command);
        name('waiting');
        asking = allowed => {
          if (mine !== turn) return;
          asking = undefined;
          screen.show({lines: []});
          screen.say(look.answered(command, allowed));
          if (!allowed) return stop();
          report('working');
          name('busy');
          stepOf.use({does: 'use', call: command, ms: 1500, result}, next, mine);
          animate(mine);
        };
        screen.show({lines: look.asks(command, why)});
      },
      retry({error, everyMs}, _next, mine) {
        const attemptAt = () => 1 + (Math.floor((host.now() - startedAt) / everyMs) % 9);
        live = (_at, past) =>
          look.retries(error, Math.ceil(everyMs / 1000) - (past % Math.ceil(everyMs / 1000)), attemptAt());
        draw();
        animate(mine);
      },
      fail({error}) {
        screen.say(look.failed(error));
        report('error', '', error);
        rest();
      },
      exit: ({code}) => {
        screen.end();
        host.exit(code);
      },
    };
    const run = (steps: readonly Step[], mine: number, then: () => void) => {
      const [first, ...others] = steps;
      if (mine !== turn) return;
      if (!first) return then();
      const perform = stepOf[first.does] as (step: Step, next: () => void, mine: number) => void;
      perform(first, () => run(others, mine, then), mine);
    };
    const work = ({prompt, steps, again}: Scene) => {
      const mine = ++turn;
      startedAt = host.now();
      report('working');
      name('busy');
      if (prompt !== undefined) screen.say(look.asked(prompt));
      live = () => [];
      animate(mine);
      run(steps, mine, () => {
        screen.say(look.finished(pastVerbs[turn % pastVerbs.length] ?? pastVerbs[0], seconds()));
        report('done');
        rest();
        if (again) host.after(againMs, () => mine === turn && work({steps, again}));
      });
    };
    const stop = () => {
      turn += 1;
      screen.say(look.interrupted);
      report('idle');
      rest();
    };

    const submit = () => {
      const prompt = draft.trim();
      draft = '';
      if (prompt === '/exit' || prompt === '/quit') {
        screen.end();
        return host.exit(0);
      }
      if (prompt === '') return draw();
      if (busy()) {
        queued.push(prompt);
        return draw();
      }
      work({prompt, steps: answerTo(prompt)});
    };
    const answer = (typed: Typed) => {
      if (typed.key === 'enter') asking?.(true);
      else if (typed.key === 'escape' || typed.key === 'interrupt') asking?.(false);
      else if (typed.key === 'text' && /^[1yp2]$/.test(typed.text)) asking?.(true);
      else if (typed.key === 'text' && /^[3n]$/.test(typed.text)) asking?.(false);
    };
    const keys: Readonly<Record<Typed['key'], (typed: Typed) => void>> = {
      enter: submit,
      backspace() {
        draft = [...draft].slice(0, -1).join('');
        draw();
      },
      escape: () => (busy() ? stop() : undefined),
      interrupt() {
        if (busy()) return stop();
        draft = '';
        draw();
      },
      text(typed) {
        if (typed.key === 'text') draft += typed.text;
        draw();
      },
    };
    host.onInput(readTyping(typed => (asking ? answer(typed) : keys[typed.key](typed))));

    /** What was before is only told. */
    const remember = ({prompt = '', steps}: Scene) => {
      const lines = steps.flatMap(step => {
        if (step.does === 'use') return look.used(step.call, step.result);
        return step.does === 'say' ? look.said(step.text) : [];
      });
      screen.say([...look.asked(prompt), ...lines, ...look.finished('Baked', 48)]);
      report('working');
      const last = steps.at(-1);
      if (last?.does === 'exit') return stepOf.exit(last, () => {}, turn);
      report('done');
      rest();
    };

    host.print('\x1b[?2004h');
    screen.say(look.banner);
    if (scene.past) remember(scene);
    else if (scene.prompt !== undefined) work(scene);
    else {
      report('idle');
      rest();
    }
  };
