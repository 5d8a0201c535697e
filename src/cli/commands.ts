import {addAgents} from './agents-command.ts';
import {addApply} from './apply-command.ts';
import {addAttach, addExec, addShell} from './attach-commands.ts';
import {addAudit} from './audit-command.ts';
import {addCache} from './cache-commands.ts';
import {addCompletion} from './completion-command.ts';
import {addConfig} from './config-commands.ts';
import {addDaemon} from './daemon-commands.ts';
import {addDiff} from './diff-command.ts';
import {addDoctor} from './doctor-command.ts';
import type {Group} from './group.ts';
import {addImages} from './image-commands.ts';
import {addRestart, addStart, addStop} from './lifecycle-commands.ts';
import {addList, addShow} from './list-commands.ts';
import {addAllow, addBlock, addNetwork} from './network-commands.ts';
import {addNew} from './new-command.ts';
import {addLogs, addScreen} from './output-commands.ts';
import {addRemove} from './remove-command.ts';
import {addRestore} from './restore-command.ts';
import {addSend} from './send-command.ts';
import {addSetup} from './setup-command.ts';
import {addHibernate, addWake} from './sleep-commands.ts';
import {addTop} from './top-command.ts';
import {addTrust} from './trust-command.ts';
import {addWait} from './wait-command.ts';

/** In the order of the help text: the day's work first. */
export const commandGroups: readonly Group[] = [
  addNew,
  addList,
  addShow,
  addAttach,
  addShell,
  addExec,
  addLogs,
  addScreen,
  addSend,
  addWait,
  addDiff,
  addApply,
  addNetwork,
  addAllow,
  addBlock,
  addTop,
  addStop,
  addStart,
  addRestart,
  addHibernate,
  addWake,
  addRemove,
  addRestore,
  addDoctor,
  addSetup,
  addImages,
  addCache,
  addAgents,
  addAudit,
  addConfig,
  addTrust,
  addDaemon,
  addCompletion,
];

/** Commands to which the words behind `--` mean something. */
export const takesWords: readonly string[] = ['new', 'exec', '__complete'];
