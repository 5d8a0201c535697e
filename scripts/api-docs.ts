import {readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import type {DescMessage, DescMethod, DescService} from '@bufbuild/protobuf';
import {codeToHttpStatus, codeToString} from '@connectrpc/connect/protocol-connect';
import {wireError} from '../src/api/errors.ts';
import {DaemonService} from '../src/api/gen/trails/v1/daemon_service_pb.js';
import {FleetService} from '../src/api/gen/trails/v1/fleet_service_pb.js';
import {NetworkService} from '../src/api/gen/trails/v1/network_service_pb.js';
import {SessionService} from '../src/api/gen/trails/v1/session_service_pb.js';
import {AppError, errorCodes} from '../src/errors.ts';
import {code, table} from './markdown.ts';

const protos = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../src/api');

/** What a proto says of its calls: generated code carries no comments. `buf format` and `buf lint` see to their shape. */
function commentsOf({file}: DescService): ReadonlyMap<string, string> {
  const text = readFileSync(path.join(protos, `${file.name}.proto`), 'utf8');
  const found = text.matchAll(/((?:^ {2}\/\/ .*\n)+) {2}rpc (\w+)\(/gm);
  return new Map([...found].map(([, comment, name]) => [name!, comment!.replace(/^ *\/\/ /gm, '').trim()]));
}

const fields = (message: DescMessage, streams: boolean): string =>
  `${streams ? 'stream: ' : ''}${message.fields.map(field => code(field.jsonName)).join(' ')}`;

const requestOf = ({input, methodKind}: DescMethod): string => fields(input, methodKind === 'bidi_streaming');
const answerOf = ({output, methodKind}: DescMethod): string => fields(output, methodKind !== 'unary');

/** Every call there is, by service. */
export const calls = (): string =>
  [SessionService, NetworkService, FleetService, DaemonService]
    .map(service => {
      const comments = commentsOf(service);
      const rows = service.methods.map(method => [
        code(method.name),
        comments.get(method.name) ?? '',
        requestOf(method),
        answerOf(method),
      ]);
      return `### ${code(service.typeName)}\n\n${table(['Call', 'What it does', 'Request', 'Answer'], rows)}`;
    })
    .join('\n\n');

/** What each error is on the wire. */
export const wireErrors = (): string =>
  table(
    ['`code` of the detail', '`code` on the wire', 'HTTP', '`exitCode`'],
    errorCodes.map(name => {
      const thrown = new AppError(name, '');
      const wire = wireError(thrown).code;
      return [code(name), code(codeToString(wire)), String(codeToHttpStatus(wire)), String(thrown.exitCode)];
    }),
  );
