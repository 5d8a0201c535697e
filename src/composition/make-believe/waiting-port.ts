import type {SessionsPort} from '../../sessions/port.ts';

/** The same port, with what is asked of workspaces answered once they are there. `ready` is called at each such question. */
export function waitingPort(port: SessionsPort, ready: () => Promise<void>): SessionsPort {
  const after =
    <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      await ready();
      return call(...args);
    };
  const listAfter = <Args extends readonly unknown[], Item>(call: (...args: Args) => AsyncIterable<Item>) =>
    async function* (...args: Args): AsyncIterable<Item> {
      await ready();
      yield* call(...args);
    };
  return {
    ...port,
    changes: after(port.changes),
    watchChanges: listAfter(port.watchChanges),
    patch: listAfter(port.patch),
    planApply: after(port.planApply),
    apply: after(port.apply),
    async teardown(ref) {
      await ready().catch(() => {});
      return port.teardown(ref);
    },
    async remove(ref, options) {
      await ready().catch(() => {});
      return port.remove(ref, options);
    },
  };
}
