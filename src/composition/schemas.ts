import {agentsSchema} from '../agents/custom/custom-agents.ts';
import {settingsSchema} from '../lib/config-text.ts';
import type {Schema} from '../lib/reading/reading.ts';
import {projectSchema} from '../sessions/project/project-file.ts';

const schema = (title: string, content: Schema): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title,
  ...content,
});

/** What editors complete the files by. */
export const schemas = {
  config: schema('config.yaml of Trails', settingsSchema({agents: agentsSchema})),
  project: schema('.trails.yaml of a repository', projectSchema),
} as const;
