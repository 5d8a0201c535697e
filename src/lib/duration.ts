const units: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/** "90s", "5m", "2h", "1d" in milliseconds; a bare number is seconds. Throws an Error that says what is needed. */
export function parseDuration(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|[smhd])?$/.exec(text) ?? [];
  if (amount === '') throw new Error('a time like 90s, 5m or 2h is needed');
  return Number(amount) * (units[unit] ?? 1000);
}
