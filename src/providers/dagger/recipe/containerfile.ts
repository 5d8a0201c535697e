import {tools} from './tools.ts';

/** In which stage the common ground ends. */
const ground = 'trails-base';
const lastFrom = /^FROM \$\{BASE_IMAGE\}[ \t]*$/m;

const lastIndexOf = (text: string, what: RegExp): number =>
  [...text.matchAll(new RegExp(what.source, 'gm'))].at(-1)?.index ?? -1;

const install = `USER root
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ${[...new Set(tools.map(tool => tool.package))].join(' ')} \\
 && rm -rf /var/lib/apt/lists/*
`;

/**
 * One Containerfile out of that of images/base and that of an agent which is built on it, with what this provider needs besides: a
 * build on a Dagger engine begins at a registry, and knows no image that was built before.
 */
export function composed(base: string, agent: string | undefined): string {
  const at = lastIndexOf(base, lastFrom);
  if (at === -1) throw new Error('images/base has no last stage on BASE_IMAGE');
  const foundation = `${base.slice(0, at)}${base.slice(at).replace(lastFrom, `FROM \${BASE_IMAGE} AS ${ground}`)}`;
  const tooled = `${foundation.trimEnd()}\n${install}`;
  if (agent === undefined) return tooled;
  if (!lastFrom.test(agent)) throw new Error('the image of the agent is not built on BASE_IMAGE');
  return `${tooled}\n${agent.replace(/^ARG BASE_IMAGE=.*\n/m, '').replace(lastFrom, `FROM ${ground}`)}`;
}
