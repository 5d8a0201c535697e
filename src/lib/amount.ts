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
