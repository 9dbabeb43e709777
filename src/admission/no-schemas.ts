/** For servers whose routes have no schemas: without this, fastify loads its compilers of schemas at every start. */

/** The option `schemaController` of a fastify server. */
export const noSchemas = { compilersFactory: { buildValidator: refuse, buildSerializer: refuse } }

function refuse(): never {
  throw new Error('A route has a schema, but the server was built without a compiler of schemas.')
}
