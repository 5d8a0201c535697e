import type {Focus} from '../focus.ts';
import {bindingsIn, labelOf} from '../keymap/keymap.ts';
import type {Line} from './line.ts';
import {widthOf} from './text.ts';

export interface KeyHint {
  readonly key: string;
  readonly label: string;
  readonly disabled: boolean;
}

const gap = 2;
const widthOfHint = ({key, label}: KeyHint) => widthOf(key) + 1 + widthOf(label) + gap;

/** The keys of this place in their order in the keymap; where there is not room for all, the less needed ones are left out. */
export function footerHints(focus: Focus, width: number): readonly KeyHint[] {
  const candidates = bindingsIn(focus.place)
    .filter(binding => binding.footer !== undefined)
    .map(binding => ({
      rank: binding.footer ?? 0,
      hint: {
        key: binding.shown.split(' ')[0] ?? '',
        label: labelOf(binding, focus),
        disabled: binding.whyNot(focus) !== undefined,
      },
    }));
  let room = width + gap;
  const kept = new Set<KeyHint>();
  for (const {hint} of [...candidates].sort((a, b) => a.rank - b.rank)) {
    room -= widthOfHint(hint);
    if (room < 0) break;
    kept.add(hint);
  }
  return candidates.map(({hint}) => hint).filter(hint => kept.has(hint));
}

export const footerLine = (focus: Focus, width: number): Line => [
  {text: ' '},
  ...footerHints(focus, width - 2).flatMap(
    ({key, label, disabled}, index): Line => [
      {text: index === 0 ? '' : ' '.repeat(gap)},
      {text: key, tone: disabled ? 'quiet' : 'accent', bold: !disabled},
      {text: ` ${label}`, tone: disabled ? 'quiet' : 'plain'},
    ],
  ),
];
