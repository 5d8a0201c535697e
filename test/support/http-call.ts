import http from 'node:http';

export interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One plain HTTP/1 request to a call of the API, on a connection of its own. */
export const httpCall = (
  socket: string,
  call: string,
  body: string | Uint8Array,
  asked: Asked = {},
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const {method = 'POST', type = 'application/json', headers = {}} = asked;
    const request = http.request({
      ...{socketPath: socket, path: `/trails.v1.${call}`, method, agent: false},
      headers: {'content-type': type, 'content-length': String(body.length), ...headers},
    });
    request.once('error', reject);
    request.once('response', response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.once('error', reject);
      response.once('end', () => {
        resolve({status: response.statusCode ?? 0, type: response.headers['content-type'], text});
      });
    });
    request.end(body);
  });

/** A message of a stream, as Connect has it over plain HTTP. */
export function enveloped(message: string, {flags = 0, length = Buffer.byteLength(message)} = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(message)]);
}
