import type {Agent} from './agent.ts';

export const shell: Agent = {
  name: 'shell',
  title: 'a shell, or any command of yours',
  command: ['/bin/sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash -l; exec sh -l'],
  args: 'replace',
  image: 'localhost/trails/base:latest',
};
