import type {ApplyPlan, SessionsPort, SessionView, WorkspaceChanges} from '../../src/sessions/port.ts';
import type {Method} from './fake-port.ts';
import {feed} from './feed.ts';
import {samplePatch} from './sample-changes.ts';

type WorkspaceMethods = Pick<
  SessionsPort,
  'changes' | 'watchChanges' | 'patch' | 'planApply' | 'apply' | 'recoveries' | 'restore' | 'pruneRecoveries'
>;

/** The part of the fake port that is about workspaces: what a test says an agent changed. */
export function fakeWorkspaces(called: (method: Method, detail?: string) => void, find: (ref: string) => SessionView) {
  const changes = new Map<string, WorkspaceChanges>();
  const patches = new Map<string, string>();
  const plans = new Map<string, Partial<ApplyPlan>>();
  const edits = feed<string>();
  const changesOf = (id: string): WorkspaceChanges =>
    changes.get(id) ?? {files: [], added: 0, removed: 0, refused: [], version: 'v1'};
  const plan = ({id, workspace}: SessionView): ApplyPlan => ({
    ...{how: 'files', target: workspace.source, branch: null, commits: [], uncommitted: true},
    ...{files: changesOf(id).files, conflicts: [], refused: [], version: changesOf(id).version},
    ...plans.get(id),
  });
  const words = (...parts: readonly (string | false | undefined)[]) => parts.filter(part => part).join(' ');

  const methods: WorkspaceMethods = {
    async changes(ref) {
      called('changes', ref);
      return changesOf(find(ref).id);
    },
    async *watchChanges(ref, signal) {
      called('watchChanges', ref);
      yield changesOf(ref);
      for await (const id of edits.read(signal)) if (id === ref) yield changesOf(ref);
    },
    async *patch(ref, {paths}) {
      called('patch', words(ref, ...(paths ?? [])));
      for (const file of changesOf(ref).files) {
        if (paths === undefined || paths.includes(file.path)) yield patches.get(file.path) ?? samplePatch(file);
      }
    },
    async planApply(ref, {theirs}) {
      called('planApply', words(ref, theirs && 'theirs'));
      return plan(find(ref));
    },
    async apply(ref, {theirs, version}) {
      called('apply', words(ref, version, theirs && 'theirs'));
      return {...plan(find(ref)), commit: null};
    },
    async recoveries() {
      called('recoveries');
      return [];
    },
    async restore(id) {
      called('restore', id);
      return {branch: null, directory: '/tmp/restored', refused: []};
    },
    async pruneRecoveries() {
      called('pruneRecoveries');
      return [];
    },
  };
  return {
    methods,
    tools: {
      /** What is shown of a file, by its path. */
      patches,
      /** What is to stand in the plan of a session, by its id. */
      plans,
      edits,
      /** The agent changed something. */
      setChanges(id: string, next: WorkspaceChanges) {
        changes.set(id, next);
        edits.push(id);
      },
    },
  };
}
