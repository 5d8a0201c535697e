import type {IncomingMessage, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Nobody sends so many ahead without looking at an answer. */
const mostWaiting = 64;

/**
 * Answers the requests of one connection one after another, as their answers go: who sends a thousand at once has no more open than who
 * sends one.
 */
export function inTurn(answer: Answer): Answer {
  const waiting = new WeakMap<Socket, (() => void)[]>();
  return (request, response) => {
    const {socket} = request;
    const begin = () => {
      response.once('close', next);
      answer(request, response);
    };
    const next = () => {
      const following = socket.destroyed ? undefined : waiting.get(socket)?.shift();
      if (following) following();
      else waiting.delete(socket);
    };
    const others = waiting.get(socket);
    if (others) {
      if (others.push(begin) > mostWaiting) socket.destroy();
      return;
    }
    waiting.set(socket, []);
    begin();
  };
}
