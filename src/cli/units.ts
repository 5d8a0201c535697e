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

const sizes = ['B', 'K', 'M', 'G', 'T'] as const;

/** Bytes in units of 1024: "1.5G". */
export function bytes(amount: number): string {
  let rest = amount;
  let step = 0;
  while (rest >= 1024 && step < sizes.length - 1) {
    rest /= 1024;
    step += 1;
  }
  const digits = step === 0 || rest >= 100 || Number.isInteger(rest) ? 0 : 1;
  return `${rest.toFixed(digits)}${sizes[step]}`;
}
