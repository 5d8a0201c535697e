import {AppError} from '../errors.ts';
import type {Provider} from './provider.ts';

export interface Registry {
  readonly known: readonly string[];
  /** The names `auto` tries, best first. */
  readonly automatic: readonly string[];
  /** One provider for each name, opened at the first use. Throws PROVIDER_UNKNOWN, naming the known ones. */
  open(name: string): Promise<Provider>;
  /** The first of the automatic ones whose engine answers. Throws ENGINE_UNREACHABLE with what each said. */
  auto(signal?: AbortSignal): Promise<Provider>;
  close(): Promise<void>;
}

/** What people may have written down for an earlier program, and what took its place. */
const successors: Readonly<Record<string, string>> = {'container-use': 'dagger'};

function unknown(name: string, known: readonly string[]): AppError {
  const shown = name.replace(/\p{Cc}/gu, '?').slice(0, 40);
  const successor = Object.hasOwn(successors, name) ? successors[name] : undefined;
  const instead = successor === undefined ? '' : `\`${successor}\` has taken its place. `;
  return new AppError('PROVIDER_UNKNOWN', `There is no provider "${shown}"`, {
    hint: `${instead}Known: auto, ${known.join(', ')}.`,
  });
}

/** `make` gives a provider for each known name; `automatic` are the names `auto` tries, best first. */
export function createRegistry(
  make: Readonly<Record<string, () => Promise<Provider>>>,
  automatic: readonly string[],
): Registry {
  const opened = new Map<string, Promise<Provider>>();
  const known = Object.keys(make);
  const open = async (name: string): Promise<Provider> => {
    const maker = Object.hasOwn(make, name) ? make[name] : undefined;
    if (!maker) throw unknown(name, known);
    const provider = opened.get(name) ?? maker();
    opened.set(name, provider);
    // One that could not be opened may be another time.
    provider.catch(() => opened.delete(name));
    return provider;
  };
  return {
    known,
    automatic,
    open,
    async auto(signal) {
      const said: string[] = [];
      for (const name of automatic) {
        try {
          const provider = await open(name);
          await provider.listEnvironments({'trails.probe': 'none'}, signal);
          return provider;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          said.push(error.message);
        }
      }
      throw new AppError('ENGINE_UNREACHABLE', `No container engine answers: ${said.join('; ')}`, {
        hint: 'Run `trails setup` to install Podman, or `trails --dev` to look around without one.',
      });
    },
    async close() {
      await Promise.all([...opened.values()].map(async provider => (await provider).close()));
    },
  };
}
