import {describeJourney} from './journey.ts';

describeJourney('qwen');
