import {describePort} from '../contracts/port.ts';
import {openRemoteFixture} from '../support/remote-fixture.ts';

describePort('the client over a socket', openRemoteFixture);
