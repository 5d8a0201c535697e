const open = new Set<() => Promise<void>>();

/** Calls `end` also when the run is interrupted: containers would go on without us, and load the machine. Gives the `end` to call. */
export function endedAnyway(end: () => Promise<void>): () => Promise<void> {
  const once = async () => {
    if (open.delete(once)) await end();
  };
  open.add(once);
  return once;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => {
    void Promise.allSettled([...open].map(end => end())).finally(() => process.exit(code));
  });
}
