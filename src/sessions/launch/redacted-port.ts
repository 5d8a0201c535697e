import {AppError} from '../../errors.ts';
import type {SessionsPort} from '../port.ts';

type Redact = (text: string) => string;

/** What is thrown to a client, without a value of any session in it: an engine repeats what it was given. */
function cleaned(error: unknown, redact: Redact): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof AppError) {
    const {code, message, hint, cause} = error;
    const clean = {message: redact(message), hint: redact(hint)};
    if (clean.message === message && clean.hint === hint) return error;
    return new AppError(code, clean.message, {hint: clean.hint, cause});
  }
  const message = redact(error.message);
  if (message === error.message) return error;
  return Object.assign(new Error(message), {stack: redact(error.stack ?? '')});
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* cleanedItems(items: AsyncIterable<unknown>, redact: Redact): AsyncIterable<unknown> {
  try {
    yield* items;
  } catch (error) {
    throw cleaned(error, redact);
  }
}

/** The port with every error cleaned of values that sessions were given. */
export function redactedPort(port: SessionsPort, redact: Redact): SessionsPort {
  const wrapped =
    (call: (...args: unknown[]) => unknown) =>
    (...args: unknown[]) => {
      const result = Reflect.apply(call, port, args);
      if (isIterable(result)) return cleanedItems(result, redact);
      return Promise.resolve(result).catch((error: unknown) => {
        throw cleaned(error, redact);
      });
    };
  // By need: a client's port is made anew for each of its calls, and has one of its many methods called.
  return new Proxy(port, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      return typeof call === 'function' ? wrapped((...args) => Reflect.apply(call, target, args)) : call;
    },
  });
}
