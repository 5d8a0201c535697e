/** A roomy terminal: all rows of fifty sessions fit. */
export const usualSize = {columns: 200, rows: 60} as const;
