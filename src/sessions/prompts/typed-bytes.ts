/** A terminal without bracketed paste reads by lines, and cuts off what is longer. */
export const mostTypedBytes = 4000;

/**
 * The text as one write to the agent's terminal. Pasted, its lines end as the real agents were seen to take them for one prompt; typed,
 * it is one line without the tab that would complete it.
 */
export const typedBytes = (text: string, bracketedPaste: boolean): Uint8Array =>
  Buffer.from(bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text.replaceAll('\t', ' '));

export const enterKey: Uint8Array = Buffer.from('\r');
