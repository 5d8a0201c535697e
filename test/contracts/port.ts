import {afterEach, beforeEach, describe} from 'vitest';
import {describeCreating} from './port-create.ts';
import {describeFleet} from './port-fleet.ts';
import {describeLifecycle} from './port-lifecycle.ts';
import {describeListing} from './port-list.ts';
import {describeMerges} from './port-merges.ts';
import {describeNetworks} from './port-network.ts';
import {describeOutput} from './port-output.ts';
import {describeProjects} from './port-projects.ts';
import {describePrompts} from './port-prompts.ts';
import {describeRecoveries} from './port-recoveries.ts';
import {type PortFixture, PortScene} from './port-scene.ts';
import {describeSetup} from './port-setup.ts';
import {describeTerminal} from './port-terminal.ts';
import {describeViewers} from './port-viewers.ts';
import {describeWorkspaces} from './port-workspace.ts';
import {describeWrites} from './port-writes.ts';

export type {PortFixture} from './port-scene.ts';

/** What every implementation of the sessions' port must do. Each test has a port, a state and an engine of its own. */
export function describePort(name: string, open: () => Promise<PortFixture>): void {
  describe(`the sessions' port: ${name}`, () => {
    const scene = new PortScene();
    beforeEach(async () => scene.begin(await open()));
    afterEach(() => scene.end());
    describeCreating(scene);
    describeSetup(scene);
    describeListing(scene);
    describeLifecycle(scene);
    describeFleet(scene);
    describeTerminal(scene);
    describeViewers(scene);
    describeOutput(scene);
    describePrompts(scene);
    describeNetworks(scene);
    describeProjects(scene);
    describeWorkspaces(scene);
    describeMerges(scene);
    describeWrites(scene);
    describeRecoveries(scene);
  });
}
