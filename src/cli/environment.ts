import {AppError} from '../errors.ts';
import {cleanLine} from './clean.ts';
import type {CliDeps} from './context.ts';

/** `K=V` as it is, `K` with the value it has here. Throws USAGE. */
export function environment(given: readonly string[], env: CliDeps['env']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map(text => {
      const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
      const shown = cleanLine(text.split('=')[0] ?? '').slice(0, 60);
      if (key === undefined) throw new AppError('USAGE', `"${shown}" cannot be the name of a variable`);
      const taken = value ?? env[key];
      if (taken === undefined) {
        throw new AppError('USAGE', `The variable ${shown} is not set here`, {
          hint: `Give it a value: \`--env ${shown}=VALUE\`.`,
        });
      }
      return [key, taken];
    }),
  );
}
