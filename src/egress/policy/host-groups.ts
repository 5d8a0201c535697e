/** Hosts that belong to one thing, by the word a person says for them: where packages of a language come from, where code is. */
export const hostGroups: Readonly<Record<string, readonly string[]>> = {
  npm: ['registry.npmjs.org', 'registry.yarnpkg.com', 'nodejs.org'],
  pypi: ['pypi.org', 'files.pythonhosted.org'],
  crates: ['crates.io', 'index.crates.io', 'static.crates.io', 'static.rust-lang.org'],
  go: ['proxy.golang.org', 'sum.golang.org', 'index.golang.org', 'go.dev', 'dl.google.com'],
  maven: [
    'repo.maven.apache.org',
    'repo1.maven.org',
    'plugins.gradle.org',
    'services.gradle.org',
    'downloads.gradle.org',
  ],
  rubygems: ['rubygems.org', 'index.rubygems.org'],
  debian: ['deb.debian.org', 'security.debian.org', 'snapshot.debian.org'],
  ubuntu: ['archive.ubuntu.com', 'security.ubuntu.com', 'ports.ubuntu.com'],
  alpine: ['dl-cdn.alpinelinux.org'],
  github: ['github.com', 'api.github.com', 'codeload.github.com', '.githubusercontent.com'],
  gitlab: ['gitlab.com', 'registry.gitlab.com'],
  bitbucket: ['bitbucket.org', 'api.bitbucket.org'],
};
