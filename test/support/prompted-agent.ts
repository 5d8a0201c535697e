/** How an agent of this kind misbehaves; left out: it does not. */
export interface Habits {
  /** Says what it does by OSC 7501. */
  readonly tells?: boolean;
  /** Does not ask for bracketed paste. */
  readonly plain?: boolean;
  /** So long it works at a prompt. */
  readonly workMs?: number;
  /** So long after a paste it shows it. */
  readonly slowMs?: number;
  /** The first Enter only closes a menu. */
  readonly eatsEnter?: boolean;
  /** The first Enter is lost: for so long its screen is empty, and then drawn anew. */
  readonly redrawsMs?: number;
  readonly swallowsPaste?: boolean;
  /** Enter does nothing. */
  readonly deaf?: boolean;
  /** A paste makes it ask for something. */
  readonly asksAtPaste?: boolean;
  /** Begins with a question, and takes prompts once a key has answered it. */
  readonly asksFirst?: boolean;
  /** This stands in its input at the start, and nobody here has typed it. */
  readonly given?: string;
  /** A paste of several lines is shown as a placeholder. */
  readonly folds?: boolean;
}

/** The terminal it lives in. */
export interface Seat {
  readonly size: () => {readonly columns: number; readonly rows: number};
  print(text: string): void;
  onInput(listener: (bytes: Uint8Array) => void): void;
  after(ms: number, call: () => void): void;
  /** A prompt that it has taken: what really arrived. */
  took(prompt: string): void;
}

const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** An agent with an input box at the bottom, as the real ones have it: what it was given is what it takes down at Enter. */
export function promptedAgent(habits: Habits, seat: Seat): void {
  const transcript: string[] = ['an agent of the tests'];
  let box = habits.given ?? '';
  let folded: string | undefined;
  let state = habits.asksFirst ? 'blocked' : 'idle';
  let enters = 0;
  let held = '';

  const tell = (next: string) => {
    state = next;
    if (habits.tells) seat.print(`\x1b]7501;state=${next}${next === 'blocked' ? ';kind=permission' : ''}\x07`);
  };
  const render = () => {
    const {columns, rows} = seat.size();
    const shown = (folded ?? box)
      .split('\n')
      .flatMap(line => line.match(new RegExp(`.{1,${columns - 4}}`, 'gu')) ?? ['']);
    const input = shown.slice(-8).map((line, at) => `${at === 0 ? '>' : ' '} ${line}`);
    const foot = [
      '',
      '─'.repeat(columns - 1),
      ...input,
      '─'.repeat(columns - 1),
      `  ${state === 'idle' ? '? for help' : state}`,
    ];
    const asks = state === 'blocked' ? ['  Do you want to proceed?', '  1. Yes', '  2. No'] : [];
    const room = Math.max(0, rows - 1 - foot.length - asks.length);
    seat.print(`\x1b[H\x1b[2J${[...transcript.slice(-room), ...asks, ...foot].join('\r\n')}`);
  };
  const take = () => {
    const text = box;
    seat.took(text);
    transcript.push(`> ${(folded ?? text).split('\n').at(-1)}`);
    box = '';
    folded = undefined;
    enters = 0;
    tell('working');
    render();
    seat.after(habits.workMs ?? 100, () => {
      transcript.push('done');
      tell('idle');
      render();
    });
  };
  const paste = (text: string) => {
    if (habits.swallowsPaste) return;
    const show = () => {
      box += text;
      if (habits.folds && text.includes('\n')) folded = `[Pasted text #1 +${text.split('\n').length - 1} lines]`;
      if (habits.asksAtPaste) tell('blocked');
      render();
    };
    if (habits.slowMs === undefined) show();
    else seat.after(habits.slowMs, show);
  };
  const key = (character: string) => {
    if (state === 'blocked') {
      // Whatever is typed answers it: what nobody asked for would be granted here.
      seat.took(`ANSWERED with ${JSON.stringify(character)}`);
      tell('idle');
    } else if (character === '\r') {
      enters += 1;
      if (habits.redrawsMs !== undefined && enters === 1) {
        seat.print('\x1b[H\x1b[2J');
        transcript.unshift('what was said before', 'and more of it');
        return seat.after(habits.redrawsMs, render);
      }
      if (habits.deaf || box === '' || (habits.eatsEnter && enters === 1)) return;
      return take();
    } else if (character === '\x7f') box = box.slice(0, -1);
    else if (character >= ' ') box += character;
    render();
  };
  seat.onInput(bytes => {
    held += Buffer.from(bytes).toString('latin1');
    for (;;) {
      const start = held.indexOf(pasteStart);
      const end = held.indexOf(pasteEnd);
      if (start === 0 && end < 0) return;
      if (start === 0) {
        paste(Buffer.from(held.slice(pasteStart.length, end), 'latin1').toString());
        held = held.slice(end + pasteEnd.length);
        continue;
      }
      const typed = start < 0 ? held : held.slice(0, start);
      held = held.slice(typed.length);
      for (const character of Buffer.from(typed, 'latin1').toString()) key(character);
      if (held === '') return;
    }
  });
  if (!habits.plain) seat.print('\x1b[?2004h');
  tell(state);
  render();
}
