import {durationMs} from '@bufbuild/protobuf/wkt';
import type {ServiceImpl} from '@connectrpc/connect';
import type {KeptService} from '../api/gen/trails/v1/kept_service_pb.js';
import {keptMessage} from '../api/kept-over.ts';
import {AppError} from '../errors.ts';
import type {Handlers} from './handlers.ts';

/** What outlives sessions, as the wire has it. */
export const keptService = ({call}: Handlers): ServiceImpl<typeof KeptService> => ({
  listKept: call(async (port, _request, signal) => ({kept: (await port.kept(signal)).map(keptMessage)})),
  pruneKept: call(async (port, {names, unused}) => {
    // Nothing said must not mean that all of it goes.
    if (!unused) throw new AppError('USAGE', 'It has to be said for how long what goes was unused');
    const {removed, left} = await port.pruneKept({names, unusedMs: durationMs(unused)});
    return {removed: removed.map(keptMessage), left: left.map(one => ({...one}))};
  }),
  repairKept: call(async port => ({lines: [...(await port.repairKept())]})),
});
