/** What counts for one project of a file system. */
export interface Project {
  readonly usedBytes: number;
  /** 0: as much as there is. */
  readonly mostBytes: number;
}

const row = /^#(\d+),\w+,\w+,(\d+),\d+,(\d+),/;

/** What `repquota -P -n -O csv` prints, in which nothing is named by anybody. */
export const projectsIn = (text: string): ReadonlyMap<number, Project> =>
  new Map(
    text.split('\n').flatMap(line => {
      const [, id, used, most] = row.exec(line) ?? [];
      return id === undefined ? [] : [[Number(id), {usedBytes: Number(used) * 1024, mostBytes: Number(most) * 1024}]];
    }),
  );

/** The projects of directories, in their order, by what `lsattr -pd` prints; undefined of one whose new files are not of it. */
export const projectsOf = (text: string): readonly (number | undefined)[] =>
  [...text.matchAll(/^ *(\d+) ([A-Za-z-]+) \//gm)].map(([, id, flags]) =>
    flags?.includes('P') ? Number(id) : undefined,
  );
