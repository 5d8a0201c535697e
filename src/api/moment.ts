import {type Timestamp, timestampMs} from '@bufbuild/protobuf/wkt';

/** Milliseconds since the epoch; 0 when it was left out. */
export const momentOf = (at: Timestamp | undefined): number => (at ? timestampMs(at) : 0);
