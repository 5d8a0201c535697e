import {rmSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {Agent} from '../../src/agents/agent.ts';
import {agentsSource} from '../../src/agents/custom/agents-source.ts';
import {withCustom} from '../../src/agents/custom/custom-agents.ts';
import {knownAgents} from '../../src/agents/known/known.ts';
import {noRules} from '../../src/agents/status/rules.ts';
import {temporaryDirectory} from '../support/home.ts';

const file = '/home/u/config.yaml';

const tool: Agent = {
  ...{
    name: 'tool',
    title: 'Tool',
    command: ['tool'],
    args: 'append',
    hosts: [],
    baseUrls: ['TOOL_URL'],
    seeds: [],
    managed: [],
  },
  ...{prompt: ['{prompt}'], resume: {last: ['-c']}, modes: {ask: {args: []}, edits: {args: ['--edits']}}},
  ...{home: [{path: '.tool'}], credentials: ['TOOL_KEY'], env: {NO_UPDATES: '1'}, image: 'tool', install: 'get tool'},
  status: {...noRules, titles: [{id: 'built in', status: 'ready', title: /^ok/u}]},
};

const from = (text: string, known: readonly Agent[] = [tool]) => withCustom(known, file, text);
const named = (text: string, name: string) => from(text).find(agent => agent.name === name);

test('without agents the known ones are all there is', () => {
  for (const text of ['', '# agents\n', 'provider: podman\n', 'agents:\n', 'agents: ~\n']) {
    expect(from(text), text).toEqual([tool]);
  }
});

test('an agent of the user is told by its command alone, and runs with the tools of this machine', () => {
  expect(named('agents:\n  mine:\n    command: [my-agent, --tui]\n', 'mine')).toMatchObject({
    ...{name: 'mine', title: 'mine', command: ['my-agent', '--tui'], args: 'append', reference: 'host'},
    ...{from: 'config.yaml:2', status: noRules, credentials: [], home: []},
    install: expect.stringContaining('put my-agent on your PATH'),
  });
});

test('everything that may be said of an agent arrives as what it is', () => {
  const text = `
provider: podman
agents:
  mine:
    title: My agent
    command: [my-agent, --level, 3]
    args: replace
    prompt: [--prompt, '{prompt}']
    resume: {last: [--continue], one: [--resume, '{id}']}
    modes: {ask: {args: []}, edits: [--edits], all: {args: [--yes], env: {LEVEL: 1.10, EMPTY: ''}}}
    credentials: [MY_API_KEY]
    baseUrls: [MY_URL]
    env: {FOO: true}
    hosts: [api.Example.com, .example.org]
    home: [.config/my-agent, {path: .my.json, without: ['*.log']}]
    seeds: [{path: .my.json, format: json, content: {trust: [/workspace]}}]
    managed: [{path: /etc/my-agent/hooks.toml, content: "x = 1"}]
    image: registry.local/mine:1
    install: pipx install my-agent
    share: true
    status:
      screen: [{id: asks, status: waiting, kind: permission, all: ['Allow\\?'], none: [never], rows: 10, always: true}]
      titles: [{id: busy, status: working, title: '^\\*'}]
      hooks: [{event: Stop, status: ready, of: end}]
`;
  expect(named(text, 'mine')).toEqual({
    ...{name: 'mine', title: 'My agent', command: ['my-agent', '--level', '3'], args: 'replace'},
    ...{prompt: ['--prompt', '{prompt}'], resume: {last: ['--continue'], one: ['--resume', '{id}']}},
    modes: {ask: {args: []}, edits: {args: ['--edits']}, all: {args: ['--yes'], env: {LEVEL: '1.10', EMPTY: ''}}},
    ...{
      credentials: ['MY_API_KEY'],
      baseUrls: ['MY_URL'],
      hosts: ['api.example.com', '.example.org'],
      env: {FOO: 'true'},
    },
    home: [{path: '.config/my-agent'}, {path: '.my.json', without: ['*.log']}],
    seeds: [{path: '.my.json', format: 'json', content: {trust: ['/workspace']}}],
    managed: [{path: '/etc/my-agent/hooks.toml', content: 'x = 1'}],
    ...{image: 'base', reference: 'registry.local/mine:1', install: 'pipx install my-agent', share: true},
    status: {
      screen: [
        {
          ...{id: 'asks', status: 'waiting', kind: 'permission', all: [/Allow\?/mu], none: [/never/mu]},
          ...{rows: 10, always: true},
        },
      ],
      titles: [{id: 'busy', status: 'working', title: /^\*/mu}],
      hooks: [{event: 'Stop', status: 'ready', of: 'end'}],
    },
    from: 'config.yaml:4',
  });
});

test('a known agent keeps its place and what is not said of it; rules of the user are tried first', () => {
  const text = `
agents:
  new: {command: [x]}
  tool:
    image: registry.local/tool:1
    env: {FOO: bar}
    modes: {all: [--all]}
    status: {titles: [{id: mine, status: error, title: '^ok'}]}
`;
  const all = from(text);
  expect(all.map(agent => agent.name)).toEqual(['tool', 'new']);
  expect(all[0]).toEqual({
    ...tool,
    ...{reference: 'registry.local/tool:1', from: 'config.yaml:4', env: {NO_UPDATES: '1', FOO: 'bar'}},
    modes: {...tool.modes, all: {args: ['--all']}},
    status: {...noRules, titles: [{id: 'mine', status: 'error', title: /^ok/mu}, ...tool.status.titles]},
  });
});

test('one may start from another, as it stands by then', () => {
  const text = 'agents:\n  tool: {env: {A: 1}}\n  mine: {like: tool, title: Mine}\n';
  expect(named(text, 'mine')).toEqual({
    ...{...tool, name: 'mine', title: 'Mine', env: {NO_UPDATES: '1', A: '1'}, from: 'config.yaml:3'},
  });
});

test('aliases are what they stand for', () => {
  const text = 'agents:\n  one: &it {command: [x], env: &e {A: b}}\n  two: *it\n  tool: {env: *e}\n';
  expect(named(text, 'two')).toMatchObject({command: ['x'], env: {A: 'b'}});
  expect(named(text, 'tool')?.env).toEqual({NO_UPDATES: '1', A: 'b'});
});

const entry = (rest: string) => `agents:\n  mine:\n    command: [x]\n    ${rest}\n`;

test.each([
  ['agents: 5', '1:9: agents: a name for each is needed'],
  ['agents:\n  Mine: {command: [x]}', '2:3: agents.Mine: a name has lower-case letters'],
  ['agents:\n  mine: {}', '2:3: agents.mine: `command:` is missing, or `like:`'],
  ['agents:\n  tol: {env: {A: b}}', '2:3: agents.tol: `command:` is missing, or `like:`; did you mean tool?'],
  ['agents:\n  mine: {like: tol}', '2:3: agents.mine: like: there is no agent "tol" before it; did you mean tool?'],
  ['agents:\n  mine: my-agent', '2:9: agents.mine: settings are needed'],
  ['agents:\n  a: {command: [x]}\n  a: {command: [y]}', '3:3: Map keys must be unique'],
  ['agents:\n  a: {command: [x', '2:18: Flow sequence in block collection must be'],
  ['agents:\n  a: &a {command: *a}', '2:19: there is too much of it, or an alias is part of itself'],
  ['agents: &a\n  a: {env: *a}', 'there is too much of it, or an alias is part of itself'],
  ['agents:\n  ? [x]\n  : {}', '2:3: a name is needed in front of the colon'],
  [entry('comand: [y]'), '4:5: agents.mine.comand: there is no such setting; did you mean command?'],
  [entry('colour: red'), '4:5: agents.mine.colour: there is no such setting; there are like, title'],
  ['agents:\n  mine:\n    command: my-agent', '3:14: agents.mine.command: a list of arguments is needed'],
  ['agents:\n  mine:\n    command: []', '3:14: agents.mine.command: a program is needed'],
  ['agents:\n  mine:\n    command: [x, [y]]', '3:18: agents.mine.command[1]: a text is needed'],
  [entry('modes: {all: yes}'), '4:18: agents.mine.modes.all: a list of arguments is needed'],
  [entry('modes: {al: []}'), '4:13: agents.mine.modes.al: there is no such setting; did you mean all?'],
  [entry('prompt: [--prompt]'), '4:13: agents.mine.prompt: one of the arguments has to hold {prompt}'],
  [entry('resume: {one: [x]}'), '4:19: agents.mine.resume.one: one of the arguments has to hold {id}'],
  [entry("resume: {one: ['{id}']}"), '4:13: agents.mine.resume: `last:` is missing'],
  [entry('credentials: [A-B]'), '4:19: agents.mine.credentials[0]: a variable is named by letters, digits and _'],
  [entry('env: {A B: c}'), '4:11: agents.mine.env.A B: a variable is named'],
  [entry('env: {A: [c]}'), '4:14: agents.mine.env.A: a text is needed'],
  [entry('home: [../x]'), '4:12: agents.mine.home[0]: a path below your home is needed'],
  [entry('home: [~/x]'), '4:12: agents.mine.home[0]: a path below your home'],
  [entry('home: [/etc]'), '4:12: agents.mine.home[0]: a path below your home'],
  [entry("home: ['*']"), '4:12: agents.mine.home[0]: that is your whole home'],
  [entry('managed: [{path: /etc/../root/x, content: y}]'), '4:22: agents.mine.managed[0].path: a path below /etc'],
  [entry('seeds: [{path: x, format: json, content: y}]'), '4:13: agents.mine.seeds[0]: `content:` has to be settings'],
  [entry('image: a b'), '4:12: agents.mine.image: an image of the engine is needed'],
  [entry('share: 1'), '4:12: agents.mine.share: true or false is needed'],
  [entry('args: both'), '4:11: agents.mine.args: one of append, replace is needed'],
  [
    entry('status: {screen: [{id: a, status: ready}]}'),
    '4:23: agents.mine.status.screen[0]: `all:` or `says:` needs a pattern',
  ],
  [entry('status: {screen: [{id: a, status: ready, all: []}]}'), '[0]: `all:` or `says:` needs a pattern'],
  [entry('status: {screen: [{id: a, status: redy, all: [a]}]}'), 'screen[0].status: one of starting, ready, thinking'],
  [entry('status: {screen: [{id: a, status: ready, all: [a], rows: 0}]}'), 'a whole number from 1 to 40 is needed'],
  [entry("status: {titles: [{id: a, status: ready, title: '('}]}"), 'titles[0].title: "(" is no regular expression: '],
  [entry("status: {titles: [{id: a, status: ready, title: ''}]}"), 'titles[0].title: a regular expression is needed'],
  [entry(`status: {titles: [{id: a, status: ready, title: ${'x'.repeat(501)}}]}`), 'at most 500 characters'],
  [entry("status: {titles: [{id: a, status: ready, title: '(a+)*$'}]}"), '"(a+)*$" repeats a repetition'],
  [entry('"\\e[2J": x'), '4:5: agents.mine.?[2J: there is no such setting'],
])('%j is refused with its place', (text, message) => {
  expect(() => from(text)).toThrow(
    expect.objectContaining({code: 'CONFIG_INVALID', exitCode: 78, message: expect.stringContaining(message)}),
  );
  expect(() => from(text)).toThrow(/^\/home\/u\/config\.yaml:\d+:\d+: /);
});

test.each([
  '(ab)+',
  '(a+b)?',
  '([*+])+',
  '(\\+)*',
  'a+ .*b{2,}',
  '(a{2})+',
  '(?:x|y)* z+',
])('the pattern %j is taken', pattern => {
  const text = entry(`status: {titles: [{id: a, status: ready, title: '${pattern}'}]}`);
  expect(named(text, 'mine')?.status.titles[0]?.title.source).toBe(pattern);
});

test.each(['(a+)+', '((ab*)c)*', '(?:x+){2,}', '([a-z]+)*$'])('the pattern %j would take for ever', pattern => {
  const text = entry(`status: {titles: [{id: a, status: ready, title: '${pattern}'}]}`);
  expect(() => from(text)).toThrow('repeats a repetition');
});

test('the source reads the file when it has changed, and no sooner', async () => {
  const place = path.join(temporaryDirectory(), 'config.yaml');
  const agents = agentsSource(place);
  expect((await agents()).all).toEqual(knownAgents);
  writeFileSync(place, 'agents: {mine: {command: [x]}}\n');
  const first = await agents();
  expect(first.named('mine').command).toEqual(['x']);
  expect(await agents()).toBe(first);
  utimesSync(place, new Date(0), new Date(0));
  expect(await agents()).not.toBe(first);
  rmSync(place);
  expect((await agents()).all).toEqual(knownAgents);
});

test('a broken file is told to who needs the agents; whoever makes do gets the last good ones', async () => {
  const place = path.join(temporaryDirectory(), 'config.yaml');
  const agents = agentsSource(place);
  writeFileSync(place, 'agents: {mine: {command: [x]}}\n');
  await agents();
  writeFileSync(place, 'agents: {mine: {command: x}}\n');
  const told = `${place}:1:26: agents.mine.command: a list of arguments is needed`;
  await expect(agents()).rejects.toMatchObject({code: 'CONFIG_INVALID', message: told});
  await expect(agents()).rejects.toThrow(told);
  expect((await agents({orLast: true})).named('mine').command).toEqual(['x']);
  writeFileSync(place, 'agents: {mine: {command: [y]}}\n');
  expect((await agents({orLast: true})).named('mine').command).toEqual(['y']);
});
