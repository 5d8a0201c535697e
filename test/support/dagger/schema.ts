import {buildSchema} from 'graphql';

/** Exactly what the provider asks of an engine, as the engine of v0.21.8 declares it: a field more in a query of ours is an error. */
export const schema = buildSchema(`
  type Query {
    version: String!
    container: Container!
    directory: Directory!
    host: Host!
    setSecret(name: String!, plaintext: String!): Secret!
    loadServiceFromID(id: ID!): Service!
    node(id: ID!): Node!
  }
  interface Node { id: ID! }
  type Host {
    file(path: String!, noCache: Boolean = false): File!
    directory(path: String!, noCache: Boolean = false): Directory!
    unixSocket(path: String!): Socket!
  }
  type File implements Node { id: ID! }
  type Secret implements Node { id: ID! }
  type Socket implements Node { id: ID! }
  type Directory implements Node {
    id: ID!
    withNewFile(path: String!, contents: String!): Directory!
    dockerBuild: Container!
  }
  type Container implements Node {
    id: ID!
    from(address: String!): Container!
    import(source: ID!): Container!
    withUser(name: String!): Container!
    withWorkdir(path: String!): Container!
    withEnvVariable(name: String!, value: String!): Container!
    withDirectory(path: String!, source: ID!, owner: String): Container!
    withFile(path: String!, source: ID!, owner: String): Container!
    withNewFile(path: String!, contents: String!, permissions: Int = 420, owner: String): Container!
    withMountedSecret(path: String!, source: ID!, owner: String, mode: Int = 256): Container!
    withUnixSocket(path: String!, source: ID!, owner: String): Container!
    withExec(args: [String!]!): Container!
    stdout: String!
    sync: ID!
    asService(args: [String!], useEntrypoint: Boolean = false): Service!
  }
  type Service implements Node {
    id: ID!
    start: ID!
    stop(kill: Boolean = false): ID!
  }
`);
