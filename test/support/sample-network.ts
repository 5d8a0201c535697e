import type {NetworkAttempt, NetworkRule, NetworkView} from '../../src/sessions/port.ts';
import {sampleNow} from './sample-session.ts';

export const sampleAttempt = (over: Partial<NetworkAttempt> = {}): NetworkAttempt => ({
  ...{host: 'telemetry.example', port: 443, outcome: 'denied', reason: 'it is not on the list', count: 12},
  ...{firstAt: sampleNow - 60_000, lastAt: sampleNow - 3000, ruled: null},
  ...over,
});

export const sampleRule = (host: string, over: Partial<NetworkRule> = {}): NetworkRule => ({
  ...{host, hosts: [host], decision: 'allow', from: 'agent'},
  ...over,
});

/** One of everything that the network tab can tell. */
export const everyNetwork = (): NetworkView => ({
  network: 'allowlist',
  rules: [
    sampleRule('ads.example.com', {decision: 'block', from: 'session'}),
    sampleRule('cdn.playwright.dev', {from: 'repo'}),
    sampleRule('npm', {hosts: ['registry.npmjs.org', 'registry.yarnpkg.com', 'nodejs.org'], from: 'request'}),
    sampleRule('.anthropic.com'),
  ],
  attempts: [
    sampleAttempt({host: 'api.anthropic.com', outcome: 'allowed', reason: '', count: 1240, ruled: 'allow', firstAt: 5}),
    sampleAttempt({firstAt: sampleNow - 90_000}),
    sampleAttempt({host: '10.0.0.1', port: 80, reason: 'it is an IP address', count: 1}),
    sampleAttempt({host: 'ads.example.com', reason: 'it is blocked', count: 2, ruled: 'block', firstAt: 3}),
    sampleAttempt({host: 'cdn.playwright.dev', reason: '', count: 1, ruled: 'allow', firstAt: 2}),
    sampleAttempt({
      ...{host: 'registry.npmjs.org', outcome: 'failed', reason: 'it could not be resolved', ruled: 'allow'},
      ...{count: 3, firstAt: 4, lastAt: sampleNow - 3_600_000},
    }),
    sampleAttempt({host: 'once.example.org', outcome: 'allowed', reason: '', count: 1, firstAt: 1}),
  ],
  routes: [],
  problem: '',
});
