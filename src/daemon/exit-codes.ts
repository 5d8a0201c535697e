/** Another process is the daemon already. */
export const exitLost = 75;
/** Stopping took too long: it left things open. */
export const exitStuck = 70;
