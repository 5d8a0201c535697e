/** What a thread runs. The bundle has all of its text here instead: an upgrade may take our files away while we run. */
export const threadProgram = new URL('./thread.ts', import.meta.url);
