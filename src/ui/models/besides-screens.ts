import type {State} from '../state.ts';

const parts = (state: State) => Object.keys(state) as (keyof State)[];

function onlyScreensDiffer(a: State, b: State): boolean {
  if (a.frames.size !== b.frames.size) return false;
  for (const id of a.frames.keys()) if (!b.frames.has(id)) return false;
  return parts(b).every(part => part === 'frames' || a[part] === b[part]);
}

/** For who draws everything but the screens: gives the earlier state again while nothing but pictures on them changed. */
export function besidesScreens(): (state: State) => State {
  let last: State | undefined;
  return state => {
    if (last === undefined || !onlyScreensDiffer(last, state)) last = state;
    return last;
  };
}
