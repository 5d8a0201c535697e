import type {Agent, HomePath} from '../agent.ts';

/** What of the user's home an agent gets whose keys stay outside. */
export const withoutLogins = ({home, logins = []}: Pick<Agent, 'home' | 'logins'>): readonly HomePath[] =>
  home
    .filter(({path}) => !logins.includes(path))
    .map(({path, without = []}) => ({
      path,
      // With the slash in front: of the top of that directory.
      without: [...without, ...logins.filter(file => file.startsWith(`${path}/`)).map(file => file.slice(path.length))],
    }));
