/** A text of Prometheus, taken apart; throws where it is not one. */
export interface Exposition {
  readonly types: ReadonlyMap<string, string>
  /** By name and labels, as they stand there: `orderwire_sockets_closed_total{code="1000"}`. */
  readonly samples: ReadonlyMap<string, number>
}

const SAMPLE = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)+\})?) (\S+)$/

export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? []
    if (name !== undefined && type !== undefined) {
      if (types.has(name)) throw new Error(`There are two ${name}.`)
      types.set(name, type)
      continue
    }
    const [, key, value] = SAMPLE.exec(line) ?? []
    const number = value === 'Nan' || value === 'NaN' ? NaN : Number(value)
    if (key === undefined || (Number.isNaN(number) && !/^nan$/i.test(value ?? ''))) {
      throw new Error(`This is no line of an exposition: ${line}`)
    }
    if (samples.has(key)) throw new Error(`There are two samples of ${key}.`)
    samples.set(key, number)
  }
  return { types, samples }
}
