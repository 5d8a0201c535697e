import type {Client, Context} from '@dagger.io/dagger';
import {ask, type Session} from './ask.ts';

type Connection = NonNullable<ConstructorParameters<typeof Context>[1]>;

/** Only when something is asked of an engine: it costs time and memory that no dashboard should pay. */
const loadSdk = () => import('@dagger.io/dagger');

/**
 * The SDK over a session that is there, never over one of its own making: `connect()` would download a CLI, and a CLI that fails would
 * end the whole process with a rejection that nobody handles. What it sends goes by our own request, which can be called off.
 */
export async function clientOf(session: Session, signal?: AbortSignal): Promise<Client> {
  const {Client, Context} = await loadSdk();
  const transport = {request: (document: string) => ask(session, document, signal)};
  return new Client(new Context([], {getGQLClient: () => transport} as unknown as Connection));
}
