import {filesChecks} from './checks/files.ts';
import {machineChecks} from './checks/machine.ts';
import {podmanChecks} from './checks/podman.ts';
import {rootlessChecks} from './checks/rootless.ts';
import {sandboxChecks} from './checks/sandbox.ts';
import {terminalChecks} from './checks/terminal.ts';
import {trailsChecks} from './checks/trails.ts';
import {virtualMachineChecks} from './checks/virtual-machine.ts';
import {wslChecks} from './checks/wsl.ts';
import type {MachineCheck} from './view.ts';

/** Every check of this machine, in the order they are shown and mended. What the engines answer is theirs to check. */
export const machineTable: readonly MachineCheck[] = [
  ...trailsChecks,
  ...wslChecks,
  ...machineChecks,
  ...filesChecks,
  ...virtualMachineChecks,
  ...podmanChecks,
  ...rootlessChecks,
  ...sandboxChecks,
  ...terminalChecks,
];
