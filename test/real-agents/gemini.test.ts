import {describeJourney} from './journey.ts';

describeJourney('gemini');
