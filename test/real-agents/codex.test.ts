import {describeJourney} from './journey.ts';

describeJourney('codex');
