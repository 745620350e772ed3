import { parseSync } from 'vite'

export interface Import {
  readonly specifier: string
  readonly line: number
  /** True where nothing of it is left at run time (`import type`, `typeof import(…)`). */
  readonly typeOnly: boolean
}

/** A member of the runtime that a file touches: `process.env`, `Bun.serve`, `.listen`. */
export interface Use {
  readonly what: string
  readonly line: number
}

export interface Source {
  readonly path: string
  readonly imports: readonly Import[]
  readonly uses: readonly Use[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [member: string]: unknown
}

const GLOBALS: ReadonlySet<string> = new Set(['process', 'Bun'])

/**
 * The imports and the uses of the runtime in one file, read from its syntax tree: a bundler's scan
 * leaves out `import type`, and a type that crosses a border is a dependency too.
 * Throws when the text does not parse.
 */
export function readSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  const [error] = errors
  if (error) throw new Error(`${path} does not parse: ${error.message}`)

  const imports: Import[] = []
  const uses: Use[] = []
  const lineOf = lineFinder(text)
  for (const node of nodes(program)) {
    const line = lineOf(node.start)
    const found = importOf(node)
    if (found) imports.push({ ...found, line })
    for (const what of usesOf(node)) uses.push({ what, line })
  }
  const byLine = (a: { line: number }, b: { line: number }) => a.line - b.line
  return { path, imports: imports.sort(byLine), uses: uses.sort(byLine) }
}

function importOf(node: Node): Omit<Import, 'line'> | null {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = literal(node.source)
      return specifier === null ? null : { specifier, typeOnly: isTypeOnly(node) }
    }
    case 'ImportExpression':
    case 'TSImportType': {
      const specifier = literal(node.source)
      return specifier === null ? null : { specifier, typeOnly: node.type === 'TSImportType' }
    }
    case 'TSImportEqualsDeclaration': {
      const specifier = isNode(node.moduleReference)
        ? literal(node.moduleReference.expression)
        : null
      return specifier === null ? null : { specifier, typeOnly: false }
    }
    case 'CallExpression': {
      const [first] = list(node.arguments)
      const specifier = name(node.callee) === 'require' ? literal(first) : null
      return specifier === null ? null : { specifier, typeOnly: false }
    }
    default:
      return null
  }
}

function isTypeOnly(node: Node): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true
  const specifiers = list(node.specifiers)
  return (
    specifiers.length > 0 &&
    specifiers.every((each) => each.importKind === 'type' || each.exportKind === 'type')
  )
}

function usesOf(node: Node): readonly string[] {
  if (node.type === 'MemberExpression') {
    const member = node.computed ? literal(node.property) : name(node.property)
    const object = objectName(node.object)
    return object && member ? [`${object}.${member}`] : []
  }
  if (node.type === 'CallExpression' && isListen(node)) return ['.listen']
  // const { env } = process
  if (node.type === 'VariableDeclarator' && isNode(node.id) && node.id.type === 'ObjectPattern') {
    const object = objectName(node.init)
    const members = list(node.id.properties).map((property) => name(property.key))
    return object ? members.flatMap((member) => (member ? [`${object}.${member}`] : [])) : []
  }
  return []
}

/** `x.listen(…)` of something that opens a port: not of one that hands callbacks what it hears. */
function isListen(node: Node): boolean {
  if (!isNode(node.callee) || node.callee.type !== 'MemberExpression') return false
  if (name(node.callee.property) !== 'listen') return false
  const [first, ...others] = list(node.arguments)
  if (first?.type === 'ArrowFunctionExpression' || others.length > 1) return false
  if (first?.type !== 'ObjectExpression') return true
  const members = list(first.properties).map((property) => name(property.key))
  return ['port', 'hostname', 'unix', null].some((member) => members.includes(member))
}

/** `process`, `Bun`, `import.meta`, also behind `globalThis`; else null. */
function objectName(value: unknown): string | null {
  if (!isNode(value)) return null
  if (value.type === 'MetaProperty') return 'import.meta'
  if (value.type === 'MemberExpression' && name(value.object) === 'globalThis') {
    const member = name(value.property)
    return member && GLOBALS.has(member) ? member : null
  }
  const own = name(value)
  return own && GLOBALS.has(own) ? own : null
}

function* nodes(root: unknown): Generator<Node> {
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value)) open.push(...(value as unknown[]))
    else if (isNode(value)) {
      yield value
      open.push(...Object.values(value).filter((member) => typeof member === 'object'))
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

function list(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function name(value: unknown): string | null {
  return isNode(value) && value.type === 'Identifier' ? String(value.name) : null
}

function literal(value: unknown): string | null {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string'
    ? value.value
    : null
}

/** Line numbers from 1 by offset. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)]
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1
}
