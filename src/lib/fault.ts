/**
 * A named step at which a test may end this very process as a crash would: TRAILS_FAULT=<step>.
 * Nothing is caught, flushed or closed.
 */
export function faultPoint(step: string): void {
  if (process.env.TRAILS_FAULT === step) process.kill(process.pid, 'SIGKILL');
}
