import type {MessageInitShape} from '@bufbuild/protobuf';
import {durationFromMs, timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {KeptInfo, KeptKind, KeptPort} from '../sessions/port.ts';
import {vocabulary} from './enums.ts';
import {type Kept, type KeptSchema, Kept_Kind as Kind} from './gen/trails/v1/kept_service_pb.js';
import type {Line} from './line.ts';
import {momentOf} from './moment.ts';

const kindWords = vocabulary<KeptKind, Kind>({cache: Kind.CACHE, home: Kind.HOME, toolpack: Kind.TOOLPACK});

export const keptMessage = ({
  kind,
  bytes,
  changedAt,
  usedBy,
  ...rest
}: KeptInfo): MessageInitShape<typeof KeptSchema> => ({
  ...{...rest, kind: kindWords.wire(kind), bytes: BigInt(bytes), usedBy: [...usedBy]},
  ...(changedAt === null ? {} : {changeTime: timestampFromMs(changedAt)}),
});

const keptInfo = ({kind, name, path, bytes, changeTime, usedBy}: Kept): KeptInfo => ({
  ...{kind: kindWords.word(kind, 'cache'), name, path, bytes: Number(bytes), usedBy},
  changedAt: changeTime ? momentOf(changeTime) : null,
});

/** What is kept, over the line. */
export const keptOver = (line: Line): KeptPort => ({
  kept: async signal =>
    (await line.call(({kept}) => kept.listKept({}, signal ? {signal} : {}), true, signal)).kept.map(keptInfo),
  async pruneKept({names, unusedMs}) {
    const request = {names: [...names], unused: durationFromMs(unusedMs)};
    const {removed, left} = await line.call(({kept}) => kept.pruneKept(request), false);
    return {removed: removed.map(keptInfo), left: left.map(({name, why}) => ({name, why}))};
  },
  repairKept: async () => (await line.call(({kept}) => kept.repairKept({}), false)).lines,
});
