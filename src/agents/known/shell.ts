import type {Agent} from '../agent.ts';
import {noRules} from '../status/rules.ts';

export const shell: Agent = {
  name: 'shell',
  title: 'a shell, or any command of yours',
  command: ['/bin/sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash -l; exec sh -l'],
  args: 'replace',
  home: [],
  credentials: [],
  baseUrls: [],
  hosts: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'base',
  install: 'it is part of every image',

  status: noRules,
};
