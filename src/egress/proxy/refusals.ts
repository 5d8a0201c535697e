/** How an answer says no. */
export interface Refusal {
  readonly status: 400 | 403 | 502;
  /** Short and of plain characters: some clients show nothing else. */
  readonly title: string;
  readonly text: string;
}

/** To a person who reads what the agent sees: what was refused, and what to do where something can be done. */
export const notAllowed = (session: string, host: string, reason: string): Refusal => ({
  status: 403,
  title: `Trails does not let ${host} through`,
  text: `Trails does not let this session reach ${host}: ${reason}.\nWho runs it can allow it, outside: trails allow ${session} ${host}\n`,
});

/** What no rule could allow. */
export const never = (host: string, reason: string): Refusal => ({
  status: 403,
  title: `Trails does not let ${host} through`,
  text: `Trails does not let this session reach ${host}: ${reason}.\n`,
});

export const malformed = (reason: string): Refusal => ({
  status: 400,
  title: 'Bad Request',
  text: `The proxy of this Trails session takes no such request: ${reason}.\n`,
});

export const unreached = (host: string, reason: string): Refusal => ({
  status: 502,
  title: `Could not reach ${host}`,
  text: `Trails could not reach ${host} for this session: ${reason}.\n`,
});

/** On a connection that carries nothing afterwards. */
export function asBytes({status, title, text}: Refusal): string {
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${text}`;
}
