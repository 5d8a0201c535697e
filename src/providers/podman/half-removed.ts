import {AppError} from '../../errors.ts';
import {type Engine, libpod} from './engine.ts';

interface Listed {
  readonly Id: string;
  readonly State: string;
}

/** Podman fails to look at a container whose removal was begun and never ended: what it held is gone, only its name is left. */
export const isHalfRemoved = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'ENGINE_REFUSED' && error.message.includes('container not known');

/**
 * Ends the removals, among these containers, that a killed engine service left half-way. As long as there is one, the usual list of
 * containers fails as a whole.
 */
export async function endRemovals(engine: Engine, filters: string, signal?: AbortSignal): Promise<void> {
  const {body} = await engine.ask('GET', `${libpod}/containers/json?all=true&filters=${filters}`, {signal});
  const left = (body as readonly Listed[]).filter(({State}) => State.toLowerCase() === 'removing');
  // One that is only on its way may be gone by then.
  for (const {Id} of left)
    await engine.ask('DELETE', `${libpod}/containers/${Id}?force=true&v=true`, {accept: [404, 409, 500], signal});
}
