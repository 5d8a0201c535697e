import type {StoreApi} from 'zustand/vanilla';
import type {PlacedArea} from './layout.ts';
import {erasedArea, paintedArea} from './models/pane-paint.ts';
import {screenWindow} from './models/pane-window.ts';
import type {State} from './state.ts';

/** Whose screen the pane shows, and where. */
export interface PanePlace {
  readonly session: string;
  readonly scroll: number;
  readonly area: PlacedArea;
}

type Terminal = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'write'>;

/**
 * Paints a session's screen straight on the terminal, in a part that Ink leaves empty: with each of Ink's frames, and by itself
 * when only that screen changed.
 */
export interface PaneOverlay<Stdout extends Terminal = Terminal> {
  /** The terminal as Ink is to write to it. */
  readonly stdout: Stdout;
  /** To be called before Ink draws what goes with it (an insertion effect). The returned function takes the screen away again. */
  show(place: PanePlace): () => void;
  /** Ink has drawn what was last committed, or found it to be on the terminal already. */
  rendered(): void;
  close(): void;
}

const frameStart = '\x1b[?2026h';
const frameEnd = '\x1b[?2026l';
const alternateScreen = /\x1b\[\?1049([hl])/;

/** A character that the terminal finds wider than we do must not run on into the next row. Ink moves on from where it stood. */
const apart = (text: string): string => (text === '' ? '' : `\x1b7\x1b[0m\x1b[?7l${text}\x1b[?7h\x1b8`);

const sameArea = (a: PlacedArea, b: PlacedArea): boolean =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;

export function createPaneOverlay<Stdout extends Terminal>({
  stdout,
  drawn,
  colors,
}: {
  readonly stdout: Stdout;
  readonly drawn: StoreApi<State>;
  readonly colors: boolean;
}): PaneOverlay<Stdout> {
  let wanted: PanePlace | undefined;
  let painted: {readonly area: PlacedArea; readonly rows: readonly string[]} | undefined;
  /** The alternate screen is up: otherwise the terminal is lent to a session, or given back for good. */
  let ours = false;
  /** Ink has yet to draw what goes with the place wanted: painted before that, its own old frame would be hurt. */
  let behind = false;
  let frame: string | undefined;

  /** During a change of size the place may be one of the size before; Ink clears what is left of it. */
  const fits = ({left, top, width, height}: PlacedArea): boolean =>
    left + width <= stdout.columns && top + height <= stdout.rows;

  const leave = (): string => {
    if (!painted || (wanted && sameArea(wanted.area, painted.area))) return '';
    const {area} = painted;
    painted = undefined;
    return fits(area) ? erasedArea(area) : '';
  };
  const fill = (): string => {
    if (!wanted || !fits(wanted.area)) return '';
    const {session, scroll, area} = wanted;
    const screen = drawn.getState().frames.get(session);
    const window = screen ? screenWindow(screen, area.height, scroll) : {lines: [], cursor: undefined};
    const {text, rows} = paintedArea(area, window, {colors, before: painted?.rows});
    painted = {area, rows};
    return text;
  };
  const paint = () => {
    if (!ours || behind) return;
    const text = apart(leave() + fill());
    if (text !== '') stdout.write(frameStart + text + frameEnd);
  };

  /** Ink believes the pane to be empty: old rows go before it draws there, and all rows are painted over what it drew. */
  const endFrame = (drawing: string): string => {
    const left = apart(leave());
    painted = undefined;
    return frameStart + left + drawing + apart(fill()) + frameEnd;
  };
  const write = (...[chunk, ...rest]: Parameters<Terminal['write']>): boolean => {
    if (chunk === frameStart) {
      frame = '';
      return true;
    }
    if (frame !== undefined && typeof chunk === 'string') {
      if (chunk !== frameEnd) {
        frame += chunk;
        return true;
      }
      const whole = endFrame(frame);
      frame = undefined;
      return stdout.write(whole);
    }
    const turned = typeof chunk === 'string' ? alternateScreen.exec(chunk)?.[1] : undefined;
    if (turned !== undefined) {
      ours = turned === 'h';
      painted = undefined;
    }
    return stdout.write(chunk, ...rest);
  };

  const stop = drawn.subscribe((state, before) => {
    if (state.frames !== before.frames) paint();
  });
  return {
    stdout: new Proxy(stdout, {
      get(target, key) {
        if (key === 'write') return write;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    show(place) {
      wanted = place;
      behind = true;
      return () => {
        if (wanted !== place) return;
        wanted = undefined;
        behind = true;
      };
    },
    rendered() {
      behind = false;
      paint();
    },
    close() {
      stop();
      ours = false;
    },
  };
}
