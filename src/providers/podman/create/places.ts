/** Labels by which the provider finds its own files again. */
export const directoryLabel = 'trails.dir';
export const imageLabel = 'trails.image';

export const agentHome = '/home/agent';
/** What we bring, read-only. */
export const runPlace = '/run/trails';
export const commandFile = `${runPlace}/agent`;
/** Where the main process finds the variables of its start, and takes them away. */
export const secretsPlace = '/run/trails-secrets';
/** On the disk, and programs can be run from it: empty at each start. */
export const temporaryPlace = '/run/trails-tmp';
