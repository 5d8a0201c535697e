const csi = (text: string) => `\x1b[${text}`;

/** Everything an agent may have changed in a terminal, undone, in an order in which no step undoes another. */
const undo: readonly string[] = [
  '\x18',
  csi('?2026l'),
  csi('<99u') + csi('=0;1u') + csi('>4;0m'),
  csi('?9;1000;1001;1002;1003;1005;1006;1015;1016l'),
  csi('?1004l') + csi('?2004l') + csi('?2031l') + csi('?2048l') + csi('?9001l'),
  `${csi('?1l')}\x1b>${csi('?66l')}`,
  csi('?6l') + csi('?69l') + csi('r'),
  csi('4l') + csi('20l') + csi('?5l') + csi('?7h') + csi('?45l'),
  '\x1b(B\x1b)B\x0f',
  '\x1b]8;;\x1b\\',
  csi('0"q') + csi('0m') + csi('0 q') + csi('?12l') + csi('?25h'),
  csi('?1049l'),
  // Once more for the main screen, which has keyboard modes, pen and scroll region of its own.
  `${csi('<99u')}${csi('=0;1u')}${csi('?1l')}\x1b>${csi('r')}${csi('0m')}${csi('?25h')}`,
];

/** For an emulator between two runs of an agent: the second must not begin in the modes of the first. */
export const resetSequence = undo.join('');

/** Makes room on the user's terminal: what is on its screen moves up into its own scrollback. */
export const enterSequence = (rows: number): string =>
  `${csi('22;0t')}${csi(`${rows};1H`)}${'\r\n'.repeat(rows)}${csi('H')}`;

/** Gives the terminal back as it was, title and colours included, with the cursor below the picture. */
export const leaveSequence = (rows: number): string =>
  `${resetSequence}\x1b]104\x1b\\\x1b]110\x1b\\\x1b]111\x1b\\\x1b]112\x1b\\\x1b]22;\x1b\\\x1b]9;4;0\x1b\\${csi('23;0t')}${csi(`${rows};1H`)}\r\n`;
