import type {Finding} from '../providers/provider.ts';
import type {Registry} from '../providers/registry.ts';

/** Of an engine that nobody needs: one that does not even answer is none. */
function soften(finding: Finding, answers: boolean): Finding {
  if (finding.state !== 'missing') return finding;
  if (answers) return {...finding, state: 'warning'};
  const {fix: _, ...rest} = finding;
  return {...rest, state: 'ok', detail: `not needed: ${finding.detail}`};
}

/**
 * What the engines say of themselves. With `auto` one usable engine is enough, and where none is, the first is the one to install:
 * what others lack is worth a warning at most.
 */
export async function doctor(registry: Registry, provider: string, signal?: AbortSignal): Promise<readonly Finding[]> {
  const names = provider === 'auto' ? registry.automatic : [provider];
  const found = await Promise.all(names.map(async name => (await registry.open(name)).check(signal)));
  const usable = (findings: readonly Finding[]) => findings.every(finding => finding.state !== 'missing');
  const some = found.some(usable);
  return found.flatMap((findings, index) =>
    usable(findings) || (!some && index === 0)
      ? findings
      : findings.map(finding => soften(finding, findings.length > 1)),
  );
}
