import {describeJourney} from './journey.ts';

describeJourney('opencode');
