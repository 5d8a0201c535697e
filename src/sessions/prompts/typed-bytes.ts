/** A terminal without bracketed paste reads by lines, and cuts off what is longer. */
export const mostTypedBytes = 4000;

/**
 * The text as one write to the agent's terminal. Pasted, its line breaks are what real terminals make of them, carriage returns;
 * typed, it is one line without the tab that would complete it.
 */
export const typedBytes = (text: string, bracketedPaste: boolean): Uint8Array =>
  Buffer.from(bracketedPaste ? `\x1b[200~${text.replaceAll('\n', '\r')}\x1b[201~` : text.replaceAll('\t', ' '));

export const enterKey: Uint8Array = Buffer.from('\r');
