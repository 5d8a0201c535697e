// The first file to run, written for old engines too: anything newer would be a syntax error before we could say a word.
declare const NEEDED_NODE: string;

const [needMajor = 0, needMinor = 0] = NEEDED_NODE.split('.').map(Number);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Compiled code of ours, for the next start. Under the user's own cache: the default, /tmp, is everybody's. */
function cacheDirectory(home: string): string {
  const {TRAILS_HOME, XDG_CACHE_HOME} = process.env;
  return TRAILS_HOME ? `${TRAILS_HOME}/cache` : `${XDG_CACHE_HOME || `${home}/.cache`}/trails`;
}

async function start(): Promise<void> {
  const [{enableCompileCache}, {homedir}] = await Promise.all([import('node:module'), import('node:os')]);
  enableCompileCache(cacheDirectory(homedir()));
  const program = './trails.js';
  await import(program);
}

if (major < needMajor || (major === needMajor && minor < needMinor)) {
  process.stderr.write(`error: Trails needs Node >= ${NEEDED_NODE}, this is ${process.version}\n`);
  process.stderr.write('hint: Install a newer one: https://nodejs.org/en/download\n');
  process.exitCode = 69;
} else {
  start().catch(error => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 70;
  });
}
