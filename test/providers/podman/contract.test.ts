import {describeProvider} from '../../contracts/provider.ts';
import {openPodmanFixture} from '../../support/podman.ts';

describeProvider('podman', openPodmanFixture);
