import path from 'node:path';
import {missing, ok, type Seen, warning} from '../../../lib/checkup/check.ts';
import type {Machine} from '../../../lib/checkup/machine.ts';

interface Requirement {
  readonly type?: unknown;
}
type Scopes = Readonly<Record<string, readonly Requirement[]>>;
interface Policy {
  readonly default?: readonly Requirement[];
  readonly transports?: Readonly<Record<string, Scopes>>;
}

/** What our Containerfiles are made from. */
const registry = 'docker.io';

const words: Readonly<Record<string, string>> = {
  insecureAcceptAnything: 'taken without a signature',
  reject: 'refused',
  signedBy: 'taken with a signature',
  sigstoreSigned: 'taken with a signature',
};

/** What holds for images of a registry: the scope that is nearest to it, or the default. */
function requirementOf(policy: Policy): string {
  const docker = policy.transports?.docker ?? {};
  const found = docker[`${registry}/library`] ?? docker[registry] ?? docker[''] ?? policy.default ?? [];
  return String(found[0]?.type ?? 'reject');
}

/** The user's own policy counts alone where there is one. */
export async function signaturesSeen(machine: Machine): Promise<Seen> {
  const own = machine.env.XDG_CONFIG_HOME || path.join(machine.user.home, '.config');
  for (const file of [path.join(own, 'containers/policy.json'), '/etc/containers/policy.json']) {
    const text = await machine.read(file);
    if (text === undefined) continue;
    let policy: Policy;
    try {
      policy = JSON.parse(text) as Policy;
    } catch (error) {
      return missing(`${file} is no JSON (${(error as Error).message}): the engine takes no image`, `Mend ${file}.`);
    }
    const type = requirementOf(policy);
    const detail = `images of ${registry} are ${words[type] ?? type} (${file})`;
    return type === 'reject'
      ? warning(detail, `Allow the images you use in ${file}, or work with \`--image host\`.`)
      : ok(detail);
  }
  return missing('there is no policy.json, without which the engine takes no image');
}
