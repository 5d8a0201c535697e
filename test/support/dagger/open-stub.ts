import {type StubOptions, startStubEngine} from './stub-engine.ts';

/** A service that is nothing but its start, for tests that look at no service. */
export const idleBox = async () => {
  const {promise, resolve} = Promise.withResolvers<number>();
  return {exited: promise, kill: async () => resolve(137)};
};

/** A session of the stub in this process, until the end of the block. */
export async function openStubSession(options: Partial<StubOptions> = {}) {
  const stub = await startStubEngine({startBox: idleBox, ...options});
  return {...stub, [Symbol.asyncDispose]: () => stub.close()};
}
