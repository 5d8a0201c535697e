import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {explainScreen} from '../../../src/sessions/explain/explain.ts';
import {labelled, textOf} from '../../support/agent-fixtures.ts';

const explain = ({agent, file, title = '', columns, rows}: ReturnType<typeof labelled>[number]) =>
  explainScreen(builtIn.named(agent).status, {text: textOf(file), title, size: {columns, rows}});

test.each(labelled('screens'))('$file is $status $kind', async one => {
  expect(await explain(one)).toMatchObject({status: one.status, kind: one.kind ?? null});
});

test.each(labelled('screens'))('$file tells it without its title, too', async ({title: _, ...one}) => {
  expect(await explain(one)).toMatchObject({status: one.status, kind: one.kind ?? null});
});

test.each(labelled('sizes'))('$file is $status $kind', async one => {
  expect(await explain(one)).toMatchObject({status: one.status, kind: one.kind ?? null});
});

test('every verdict of a screen names its rule, and what the agent waits for or failed of', async () => {
  const told = await Promise.all(
    labelled('screens')
      .filter(({kind, status}) => kind === 'permission' || kind === 'retry' || status === 'error')
      .map(async one => ({file: one.file, ...(await explain(one))})),
  );
  for (const {file, rule, detail} of told) expect([file, rule, detail].every(text => text !== '')).toBe(true);
  const detailOf = (file: string) => told.find(one => one.file === `screens/${file}`)?.detail;
  expect(detailOf('codex/waiting-1.ansi')).toBe('touch esc1; sleep 5; echo hi');
  expect(detailOf('opencode/error-1.ansi')).toBe('STUB says 401');
  expect(detailOf('claude/working-2.ansi')).toBe('401 STUB says 401');
});
