import path from 'node:path';
import {missing, ok, warning} from '../../lib/checkup/check.ts';
import {machineNeeds, readTraits} from '../../providers/podman/machine.ts';
import {
  installStep,
  isHelper,
  missingPrograms,
  programNames,
  settingsStep,
  wrapperFile,
} from '../../providers/podman/setup.ts';
import {settingsFile} from '../../providers/podman/socket.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

const asked = ({provider}: DoctorView): boolean => ['auto', 'podman'].includes(provider);

/** Settings for Podman that are somebody's own: they may do what ours would. */
async function ownSettings({machine}: DoctorView): Promise<string | undefined> {
  const {CONTAINERS_CONF, XDG_CONFIG_HOME} = machine.env;
  const home = XDG_CONFIG_HOME || path.join(machine.user.home, '.config');
  const files = [CONTAINERS_CONF, path.join(home, 'containers/containers.conf'), '/etc/containers/containers.conf'];
  for (const file of files) if (file && (await machine.about(file))) return file;
  return undefined;
}

/** What keeps a container from starting here, found without asking an engine. */
export const podmanChecks: readonly MachineCheck[] = [
  {
    id: 'podman.programs',
    title: 'Podman’s programs',
    why: 'Podman starts nothing without each of them',
    fix: 'trails setup',
    async look(view) {
      if (!asked(view)) return undefined;
      const lacking = await missingPrograms(view.machine, await readTraits(view.machine));
      if (lacking.length === 0) return ok('all there');
      const names = programNames(lacking);
      // Where one of them is really missing, Podman does not answer, and says which.
      return lacking.every(isHelper)
        ? warning(`not where it usually is: ${names}`)
        : missing(`not installed: ${names}`);
    },
    mend: ({machine}) => installStep(machine),
  },
  {
    id: 'podman.settings',
    title: 'Podman’s settings',
    why: 'on some machines containers start only with settings that are not the usual ones',
    fix: 'trails setup',
    async look(view) {
      const {machine, paths} = view;
      if (!asked(view) || machine.platform !== 'linux') return undefined;
      const file = settingsFile(paths);
      if (await machine.about(file)) {
        const stale = await settingsStep(machine, paths);
        return stale ? warning(`${file} was written for another state of this machine`) : ok(file);
      }
      const needs = machineNeeds(await readTraits(machine), wrapperFile(paths));
      if (needs.length === 0) return ok('the usual ones do');
      const why = needs.map(need => need.why).join('; ');
      const own = await ownSettings(view);
      return own ? warning(`${own} may not be enough: ${why}`) : missing(`containers do not start here: ${why}`);
    },
    mend: ({machine, paths}) => settingsStep(machine, paths),
  },
];
