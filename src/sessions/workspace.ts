import {mkdirSync, writeFileSync} from 'node:fs';
import {faultPoint} from '../lib/fault.ts';
import {privateDirectory} from '../lib/files.ts';
import type {Paths} from '../lib/paths.ts';
import {makeClone} from '../workspaces/clone.ts';
import {type Places, placesIn} from '../workspaces/places.ts';
import {threadPlaces} from '../workspaces/review.ts';
import {excludesOf, openSource} from '../workspaces/source.ts';
import {openThread, type Thread} from '../workspaces/threads.ts';
import {type Context, sessionDirectory} from './context.ts';
import type {CreateRequest} from './port.ts';
import type {SessionFacts} from './record.ts';

export const placesOf = (paths: Paths, id: string): Places => placesIn(sessionDirectory(paths, id));

/** A step in words; the second says how much of it is done, from 0 to 1. */
export type OnStep = (step: string, fraction?: number) => void;
