import { testStack } from './stack'

/** An empty database of one's own on the Postgres of the tests; `await using` drops it. */
export async function freshDatabase(): Promise<{ readonly url: string } & AsyncDisposable> {
  const { postgresUrl } = await testStack()
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await administer(postgresUrl, `CREATE DATABASE ${name}`)
  const url = new URL(postgresUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => administer(postgresUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const sql = new Bun.SQL(url, { max: 1 })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.close()
  }
}
