import type {Finding} from '../providers/provider.ts';
import type {Registry} from '../providers/registry.ts';

/**
 * What the engines say of themselves. With `auto` one usable engine is enough: what others lack is worth a warning, no more.
 */
export async function doctor(registry: Registry, provider: string, signal?: AbortSignal): Promise<readonly Finding[]> {
  const names = provider === 'auto' ? registry.automatic : [provider];
  const found = await Promise.all(names.map(async name => (await registry.open(name)).check(signal)));
  const usable = (findings: readonly Finding[]) => findings.every(finding => finding.state !== 'missing');
  if (!found.some(usable)) return found.flat();
  const soften = (finding: Finding): Finding =>
    finding.state === 'missing' ? {...finding, state: 'warning'} : finding;
  return found.flatMap(findings => (usable(findings) ? findings : findings.map(soften)));
}
