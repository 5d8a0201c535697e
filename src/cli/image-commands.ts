import {cleanLine} from './clean.ts';
import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';
import {age, bytes} from './units.ts';

export const addImages: Group = (program, context) => {
  const {print, clock} = context;
  const images = program.command('images').description('the images sessions can be made from');
  images
    .command('ls')
    .description('list the images of the engines')
    .option('--json', 'print them as JSON')
    .action(async ({json}) => {
      const found = await withPort(context, (port, signal) => port.images(signal));
      if (json) {
        await print.json(found.map(image => ({...image, createdAt: new Date(image.createdAt).toISOString()})));
        return;
      }
      if (found.length === 0) {
        print.note('No images yet. `trails images build` makes one; `--image host` needs none.');
        return;
      }
      const rows = found.map(image => [
        cleanLine(image.reference),
        cleanLine(image.provider),
        bytes(image.sizeBytes),
        age(clock.now() - image.createdAt),
      ]);
      for (const line of table([['IMAGE', 'PROVIDER', 'SIZE', 'AGE'], ...rows], {right: [2, 3]}))
        await print.line(line);
    });
  images
    .command('build')
    .description('build an image that comes with Trails')
    .argument('[name]', 'a directory of images/', 'base')
    .option('--json', 'print the image as JSON')
    .action(async (name, {json}) => {
      const image = await withPort(
        context,
        (port, signal) => port.buildImage(name, line => print.note(cleanLine(line)), signal),
        {cleansUp: true},
      );
      if (json) await print.json({...image, createdAt: new Date(image.createdAt).toISOString()});
      else await print.line(cleanLine(image.reference));
    });
};
