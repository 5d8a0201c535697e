import {buildImages} from './build-command.ts';
import {cleanLine} from './clean.ts';
import {collect} from './collect.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {imageJson, imagesTable} from './image-text.ts';

export const addImages: Group = (program, context) => {
  const {print, clock} = context;
  const images = program.command('images').description('the images sessions can be made from');
  images
    .command('ls')
    .description('list the images of the engines')
    .option('--json', 'print them as JSON')
    .action(async ({json}) => {
      const found = await withPort(context, (port, signal) => port.images(signal));
      if (json) await print.json(found.map(imageJson));
      else if (found.length === 0)
        print.note('No images yet. `trails images build` makes one; `--image host` needs none.');
      else for (const line of imagesTable(found, clock.now())) await print.line(line);
    });
  images
    .command('build')
    .description("build an agent's image, and first the base it stands on")
    .argument('[agent]', 'an agent, or `base`; left out: the configured agent')
    .option('--all', "every agent's")
    .option('--build-arg <name=value>', 'an argument of the build, such as a version; repeatable', collect)
    .option('--ca <file>', 'certificates that its downloads trust as well: those of a company')
    .option('--json', 'print the image as JSON')
    .action((agent, options) => buildImages(context, agent, options));
  images
    .command('rm')
    .description('remove images; one that a session runs in is refused')
    .argument('<agent...>', 'agents, `base`, or names of images as `trails images ls` lists them')
    .option('--json', 'print what was removed as JSON')
    .action(async (names, {json}) => {
      const removed: string[] = [];
      await withPort(context, async (port, signal) => {
        for (const name of names) {
          removed.push(await port.removeImage(name, signal));
          if (!json) await print.line(cleanLine(removed.at(-1) ?? ''));
        }
      });
      if (json) await print.json(removed);
    });
};
