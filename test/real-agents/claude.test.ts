import {describeJourney} from './journey.ts';

describeJourney('claude');
