import {describePort} from '../contracts/port.ts';
import {openServiceFixture} from '../support/service-fixture.ts';

describePort('the service over the mock provider', openServiceFixture);
