/** What a child process can be asked to do; arguments and answers are JSON. */
export type CommandTable<C> = { readonly [K in keyof C]: (...given: never[]) => unknown }

export interface Question {
  readonly id: number
  readonly name: string
  readonly given: readonly unknown[]
}

/** The answer with id 0 says that the child is ready for questions. */
export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }

/** Answers the parent's questions until the parent is gone. */
export function answerCommands<C extends CommandTable<C>>(commands: C): void {
  const byName = new Map<string, (...given: never[]) => unknown>(Object.entries(commands))
  const send = (answer: Answer): void => void process.send?.(answer)
  const answer = async ({ id, name, given }: Question): Promise<void> => {
    try {
      const command = byName.get(name)
      if (!command) throw new Error(`no command ${name}`)
      send({ id, value: (await Reflect.apply(command, undefined, given)) ?? null })
    } catch (error) {
      send({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  process.on('message', (question: Question) => void answer(question))
  process.on('disconnect', () => process.exit())
  send({ id: 0, value: null })
}
