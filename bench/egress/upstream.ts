import net, {type AddressInfo} from 'node:net';
import {answerBytes, helloBytes, requestBytes, streamBytes} from './sizes.ts';

// A server that is no bottleneck: behind the handshake's bytes, each request is answered at once, and "B" with a stream. Prints its port.

const answer = Buffer.alloc(answerBytes, 'a');
const piece = Buffer.alloc(2 ** 20, 'b');

const server = net.createServer({noDelay: true}, socket => {
  let taken = -helloBytes;
  let left = 0;
  const stream = () => {
    while (left > 0) {
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
  };
  socket.on('error', () => {});
  socket.on('drain', stream);
  socket.on('data', (chunk: Buffer) => {
    taken += chunk.length;
    for (; taken >= requestBytes; taken -= requestBytes) {
      if (chunk.at(-1) !== 66) socket.write(answer);
      else {
        left = streamBytes;
        stream();
      }
    }
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
