import type {Socket} from 'node:net';

/** Both ends are ours; a line that never ends is no line of theirs. */
const longestLine = 16 * 2 ** 20;

/** Messages over a socket, one a line. A line that is no message breaks the connection. */
export function onMessages<T>(socket: Socket, call: (message: T) => void): void {
  let held = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (text: string) => {
    const lines = (held + text).split('\n');
    held = lines.pop() ?? '';
    try {
      if (held.length > longestLine) throw new Error('a line without end');
      for (const line of lines) call(JSON.parse(line) as T);
    } catch {
      socket.destroy();
    }
  });
}

export const sendMessage = (socket: Socket, message: unknown): void => {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
};
