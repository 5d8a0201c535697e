import type {Place} from '../focus.ts';
import {keymap, placeTitles} from '../keymap/keymap.ts';
import type {Line} from './line.ts';
import {padded, shorten, widthOf} from './text.ts';

/** Everything a person may press, under the place where it holds. Keys that leave at once are told once. */
export function helpLines(width: number, detachKey: string): readonly Line[] {
  const bindings = keymap.filter(({intent, where}) => intent !== 'leaveNow' || where === 'dashboard');
  const keyWidth = Math.max(...bindings.map(({shown}) => widthOf(shown))) + 4;
  const groups = [...new Set(bindings.map(({where}) => where))];
  const group = (where: Place): readonly Line[] => [
    [{text: placeTitles[where], bold: true}],
    ...bindings
      .filter(binding => binding.where === where)
      .map(
        ({shown, description}): Line => [
          {text: padded(`  ${shown}`, keyWidth), tone: 'accent'},
          {text: shorten(description.replace('ctrl-q', detachKey), width - keyWidth)},
        ],
      ),
    [],
  ];
  const attached: readonly Line[] = [
    [{text: 'While attached', bold: true}],
    [{text: padded(`  ${detachKey}`, keyWidth), tone: 'accent'}, {text: 'come back here; the agent goes on'}],
  ];
  return [...groups.flatMap(group), ...attached];
}

/** The part of the help that fits, with what is left below it. */
export function helpWindow(lines: readonly Line[], top: number, height: number): readonly Line[] {
  const first = Math.max(0, Math.min(top, lines.length - height));
  const below = lines.length - first - height;
  if (below <= 0) return lines.slice(first);
  return [...lines.slice(first, first + height - 1), [{text: `  ↓ ${below + 1} more`, tone: 'quiet'}]];
}
