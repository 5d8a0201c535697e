/** Ours inside, of root: the agent can read none of it but `shown`. */
export const insidePlace = '/run/trails-link';
/** The socket of this machine that the environment dials. */
export const socketInside = `${insidePlace}/socket`;
/** The program that holds the agent's terminal, and dials. */
export const keeperFile = `${insidePlace}/keeper`;
/** The program that tells what changed below a directory. */
export const changesFile = `${insidePlace}/changes`;
/** Private keys and who may come in. */
export const keysPlace = `${insidePlace}/keys`;

/** Who the agent is inside. */
export const agentUser = {uid: 1000, gid: 1000} as const;
