import {Box} from 'ink';
import type {ListModel} from '../models/list.ts';
import {listLines} from '../models/list-lines.ts';
import {Lines} from './LineView.ts';

export function SessionList({
  list,
  width,
  height,
}: {
  readonly list: ListModel;
  readonly width: number;
  readonly height: number;
}) {
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0}>
      <Lines lines={listLines(list, width)} />
    </Box>
  );
}
