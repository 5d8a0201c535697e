const steps = [
  {unit: 'd', ms: 86_400_000},
  {unit: 'h', ms: 3_600_000},
  {unit: 'm', ms: 60_000},
  {unit: 's', ms: 1000},
] as const;

/** How long ago, in the largest whole unit: 5s, 3m, 5h, 2d. After ten seconds it goes on in tens: every change is a drawing. */
export const age = (since: number, now: number): string => {
  const ms = Math.max(0, now - since);
  const step = steps.find(one => ms >= one.ms) ?? steps[3];
  const count = Math.floor(ms / step.ms);
  return `${step.unit === 's' && count >= 10 ? Math.floor(count / 10) * 10 : count}${step.unit}`;
};

/** A duration that is being watched: 4.2 s, 1 m 05 s. */
export const elapsed = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} m ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
};

const pad = (value: number) => String(value).padStart(2, '0');

/** The local time of day; with the date when it was another day. */
export const timeOf = (at: number, now: number): string => {
  const when = new Date(at);
  const time = `${pad(when.getHours())}:${pad(when.getMinutes())}:${pad(when.getSeconds())}`;
  if (when.toDateString() === new Date(now).toDateString()) return time;
  return `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ${time}`;
};
