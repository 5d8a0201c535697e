import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Paths} from '../../src/lib/paths.ts';
export async function writeTestSettings(paths: Paths): Promise<void> {
  mkdirSync(paths.config, {recursive: true});
  const wrapper = path.join(paths.config, 'crun');
  writeFileSync(
    wrapper,
    `#!/bin/sh\nexec unshare -m --propagation slave sh -c 'umount /sys/fs/cgroup/unified; exec crun "$@"' sh "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  writeFileSync(
    path.join(paths.config, 'containers.conf'),
    `[containers]\ndefault_ulimits=["nofile=1024:4096","nproc=2048:4096"]\n[engine]\nruntime="crun"\nevents_logger="file"\n[engine.runtimes]\ncrun=["${wrapper}"]\n[network]\nnetwork_backend="netavark"\n`,
  );
}
