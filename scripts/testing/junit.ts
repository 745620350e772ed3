/** What a JUnit report says, reduced to what the last line needs. */
export interface Report {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** The files with at least one test that ran or was skipped, as the report names them. */
  readonly files: ReadonlySet<string>
}

const TEST_CASE = /<testcase\b([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g
const FILE = /\bfile="([^"]*)"/

/** Reads the report that `bun test --reporter=junit` writes. */
export function readJunit(xml: string): Report {
  let passed = 0
  let failed = 0
  let skipped = 0
  const files = new Set<string>()
  for (const [, attributes = '', , body = ''] of xml.matchAll(TEST_CASE)) {
    const file = FILE.exec(attributes)?.[1]
    if (file) files.add(file)
    if (/<(failure|error)\b/.test(body)) failed++
    else if (/<skipped\b/.test(body)) skipped++
    else passed++
  }
  return { passed, failed, skipped, files }
}
