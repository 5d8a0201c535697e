import path from 'node:path';
import type {Machine} from '../../lib/checkup/machine.ts';

/** The kernel names who built it. */
export async function wslKernel(machine: Machine): Promise<string | undefined> {
  if (machine.platform !== 'linux') return undefined;
  const release = (await machine.read('/proc/sys/kernel/osrelease'))?.trim();
  return release && /microsoft/i.test(release) ? release : undefined;
}

/** What the Windows around us says; undefined where its programs cannot be run from here. */
async function said(machine: Machine, command: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
  const {exitCode, stdout} = await machine.run(command, signal);
  const text = stdout.trim();
  return exitCode === 0 && text !== '' ? text : undefined;
}

/** The settings of all of WSL, in the home of the Windows user. */
export async function wslConfigFile(machine: Machine, signal?: AbortSignal): Promise<string | undefined> {
  const profile = await said(machine, ['cmd.exe', '/d', '/c', 'echo %USERPROFILE%'], signal);
  if (!profile || profile.includes('%')) return undefined;
  const home = await said(machine, ['wslpath', '-u', profile], signal);
  return home && path.join(home, '.wslconfig');
}

export async function windowsMemory(machine: Machine, signal?: AbortSignal): Promise<number | undefined> {
  const script = '(Get-CimInstance Win32_ComputerSystem).TotalPhysicalMemory';
  const text = await said(machine, ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command', script], signal);
  const memory = Number(text);
  return text !== undefined && Number.isFinite(memory) ? memory : undefined;
}
