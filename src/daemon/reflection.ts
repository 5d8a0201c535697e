import {type DescFile, type DescService, toBinary} from '@bufbuild/protobuf';
import {FileDescriptorProtoSchema} from '@bufbuild/protobuf/wkt';
import {Code, type ServiceImpl} from '@connectrpc/connect';
import type {ServerReflection} from '../api/gen/grpc/reflection/v1/reflection_pb.js';

const nameOf = (file: DescFile) => `${file.name}.proto`;

/** Everything a file defines, by its full name. */
function* symbolsOf(file: DescFile): Iterable<string> {
  const messages = [...file.messages];
  for (let message = messages.pop(); message; message = messages.pop()) {
    yield message.typeName;
    messages.push(...message.nestedMessages);
    for (const one of message.nestedEnums) yield one.typeName;
  }
  for (const one of file.enums) yield one.typeName;
  for (const service of file.services) {
    yield service.typeName;
    for (const method of service.methods) yield `${service.typeName}.${method.name}`;
  }
}

/** Lets a client that has no schema ask for it, as `buf curl` and grpcurl do. */
export function reflectionOf(services: readonly DescService[]): ServiceImpl<typeof ServerReflection> {
  const byName = new Map<string, DescFile>();
  const add = (file: DescFile) => {
    if (byName.has(nameOf(file))) return;
    byName.set(nameOf(file), file);
    file.dependencies.forEach(add);
  };
  for (const {file} of services) add(file);
  const bySymbol = new Map([...byName.values()].flatMap(file => [...symbolsOf(file)].map(symbol => [symbol, file])));

  /** The file and all it needs, itself first. */
  const withDependencies = (file: DescFile): readonly DescFile[] => {
    const found = new Set<DescFile>();
    const visit = (one: DescFile) => {
      if (found.has(one)) return;
      found.add(one);
      one.dependencies.forEach(visit);
    };
    visit(file);
    return [...found];
  };
  const descriptors = (file: DescFile | undefined) =>
    file === undefined
      ? {
          case: 'errorResponse' as const,
          value: {errorCode: Code.NotFound, errorMessage: 'not defined here'},
        }
      : {
          case: 'fileDescriptorResponse' as const,
          value: {
            fileDescriptorProto: withDependencies(file).map(one => toBinary(FileDescriptorProtoSchema, one.proto)),
          },
        };
  return {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        const asked = request.messageRequest;
        const answer = () => {
          if (asked.case === 'fileByFilename') return descriptors(byName.get(asked.value));
          if (asked.case === 'fileContainingSymbol') return descriptors(bySymbol.get(asked.value));
          if (asked.case === 'listServices') {
            const service = services.map(({typeName}) => ({name: typeName}));
            return {case: 'listServicesResponse' as const, value: {service}};
          }
          return descriptors(undefined);
        };
        yield {validHost: request.host, originalRequest: request, messageResponse: answer()};
      }
    },
  };
}
