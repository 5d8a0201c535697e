import {Box} from 'ink';
import type {Size} from '../../sessions/port.ts';
import {smallest} from '../layout.ts';
import type {Line} from '../models/line.ts';
import {shorten} from '../models/text.ts';
import {Lines} from '../parts/LineView.ts';

/** Said kindly, in the little room there is. */
export function TooSmall({size}: {readonly size: Size}) {
  const {columns, rows} = size;
  const texts = [`A little small: ${columns}×${rows}`, `trails needs ${smallest.columns}×${smallest.rows}`, 'q leaves'];
  const lines = texts.slice(0, rows).map((text): Line => [{text: shorten(text, columns)}]);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Lines lines={lines} />
    </Box>
  );
}
