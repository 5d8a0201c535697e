import {Box} from 'ink';
import {useTheme} from '../contexts.ts';
import type {Line} from '../models/line.ts';
import {Lines} from './LineView.ts';

/** The room for text in a sheet that lies in this area. */
export const sheetInside = (area: {readonly width: number; readonly height: number}) => ({
  width: Math.min(76, area.width - 2) - 6,
  height: area.height - 2,
});

/** Something that has the keys for a while: lines in a frame, in the middle of the screen's width. */
export function Sheet({
  lines,
  area,
}: {
  readonly lines: readonly Line[];
  readonly area: {width: number; height: number};
}) {
  const {border, looks} = useTheme();
  const {width} = sheetInside(area);
  const roomy = area.height >= lines.length + 6;
  return (
    <Box width={area.width} height={area.height} flexDirection="column" alignItems="center">
      {roomy && <Box height={1} flexShrink={0} />}
      <Box
        borderStyle={border}
        {...(looks.accent.color === undefined ? {} : {borderColor: looks.accent.color})}
        paddingX={2}
        paddingY={roomy ? 1 : 0}
        width={width + 6}
        flexDirection="column"
        flexShrink={0}
      >
        <Lines lines={lines} />
      </Box>
    </Box>
  );
}
