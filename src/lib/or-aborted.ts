/** As the work ends, or with the signal's reason as soon as it aborts: for what cannot be called off itself. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, {once: true});
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
