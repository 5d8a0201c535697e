export {bytes} from '../lib/amount.ts';

const ages = [
  {unit: 'd', seconds: 86_400},
  {unit: 'h', seconds: 3600},
  {unit: 'm', seconds: 60},
  {unit: 's', seconds: 1},
] as const;

/** Milliseconds as the largest unit that fits: "3m". */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const fits = ages.find(one => seconds >= one.seconds) ?? ages[3];
  return `${Math.floor(seconds / fits.seconds)}${fits.unit}`;
}
