import type {Change} from '../store.ts';

/** What was asked of a session and has not come back; undefined: nothing. */
export const withPending =
  (id: string, note: string | undefined): Change =>
  state => {
    const pending = new Map(state.pending);
    if (note === undefined) pending.delete(id);
    else pending.set(id, note);
    return {...state, pending};
  };
