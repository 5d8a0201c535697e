/**
 * The versions of the protocol this program speaks, as client and as daemon. `max` grows with each change that the other side has to know
 * of; `min` with each one after which an older side cannot be served.
 */
export const protocol = {min: 1, max: 1} as const;
