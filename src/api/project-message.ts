import type {MessageInitShape} from '@bufbuild/protobuf';
import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {ProjectView, TrustedProject, TrustState} from '../sessions/port.ts';
import {vocabulary} from './enums.ts';
import {
  type ListTrustedResponse_TrustedSchema,
  type Project,
  type ProjectSchema,
  ListTrustedResponse_State as State,
  Project_Trust as Trust,
} from './gen/trails/v1/project_service_pb.js';

const trustWords = vocabulary<TrustState, Trust>({
  trusted: Trust.TRUSTED,
  changed: Trust.CHANGED,
  gone: Trust.GONE,
  untrusted: Trust.UNTRUSTED,
});

export const trustedWords = vocabulary<TrustedProject['now'], State>({
  trusted: State.TRUSTED,
  changed: State.CHANGED,
  gone: State.GONE,
});

export const projectMessage = (view: ProjectView): MessageInitShape<typeof ProjectSchema> => ({
  ...{repo: view.repo, file: view.file, trust: trustWords.wire(view.trust), digest: view.digest},
  ...{says: [...view.says], applied: [...view.applied], refused: [...view.refused]},
  ...{added: [...view.added], removed: [...view.removed]},
});

export const projectView = (message: Project): ProjectView => {
  const {repo, file, trust, digest, says, applied, refused, added, removed} = message;
  // What a newer daemon calls otherwise is not trusted here.
  return {repo, file, trust: trustWords.word(trust, 'untrusted'), digest, says, applied, refused, added, removed};
};

export const trustedMessage = ({
  repo,
  at,
  now,
}: TrustedProject): MessageInitShape<typeof ListTrustedResponse_TrustedSchema> => ({
  ...{repo, trustTime: timestampFromMs(at), state: trustedWords.wire(now)},
});
