import {widthOf} from './text.ts';

/** What a piece of text means; the theme says how that looks. */
export type Tone = 'plain' | 'quiet' | 'accent' | 'good' | 'waiting' | 'bad';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

/** One line of the screen. */
export type Line = readonly Span[];

export const lineWidth = (line: Line): number => line.reduce((sum, span) => sum + widthOf(span.text), 0);

export const quiet = (text: string): Span => ({text, tone: 'quiet'});
export const plain = (text: string): Span => ({text});

/** Both ends of a line, with room between them; the right end goes first when there is none. */
export const spread = (left: Line, right: Line, width: number): Line => {
  const room = width - lineWidth(left) - lineWidth(right);
  return room < 1 ? left : [...left, {text: ' '.repeat(room)}, ...right];
};

/** A line's text, for tests and for measuring by eye. */
export const textOf = (line: Line): string => line.map(span => span.text).join('');
