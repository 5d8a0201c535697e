import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {hostsGiven} from '../../../src/sessions/network/hosts-given.ts';

const claude = builtIn.named('claude');
const given = (url: string) => hostsGiven({env: {ANTHROPIC_BASE_URL: url}}, claude);

test('where a variable says that the model is, the agent may go', () => {
  expect(given('https://models.example.com/v1?key=secret')).toEqual(['models.example.com']);
  expect(given('http://user:secret@Models.Example.com./')).toEqual(['models.example.com']);
  const both = {
    allow: ['models.example.com', 'npm'],
    env: {},
    here: {ANTHROPIC_BASE_URL: 'https://models.example.com'},
  };
  expect(hostsGiven(both, claude)).toEqual(['models.example.com', 'npm']);
});

test.each([
  ['what is no URL', 'models.example.com'],
  ['an address', 'https://10.0.0.1/'],
  ['an address in another spelling', 'https://0x0a000001/'],
  ['this machine', 'http://localhost:11434/'],
  ['another port', 'https://models.example.com:8443/'],
  ['another protocol', 'ftp://models.example.com/'],
  ['nothing', ''],
])('%s opens nothing', (_, url) => {
  expect(given(url)).toEqual([]);
});

test('a variable that is none of the agent’s says nothing', () => {
  expect(hostsGiven({env: {OTHER_URL: 'https://other.example.com'}}, claude)).toEqual([]);
});
