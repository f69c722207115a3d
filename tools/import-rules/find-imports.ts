import { parseSync } from 'oxc-parser'

export interface FoundImport {
  /** As written, e.g. `./room.ts`, `#contracts/ids.ts`, `node:fs`. */
  specifier: string
  /** Gone after compilation. */
  typeOnly: boolean
  /** From 1. */
  line: number
}

/** Every import of one module: static, re-exported and dynamic ones with a plain string. @param file its name tells the syntax */
export function findImports(file: string, source: string): FoundImport[] {
  const { module, errors } = parseSync(file, source)
  if (errors.length > 0) throw new SyntaxError(`${file}: ${errors[0]?.message}`)
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length
  return [
    ...module.staticImports.map(({ moduleRequest, entries, start }) => ({
      specifier: moduleRequest.value,
      typeOnly: entries.length > 0 && entries.every(entry => entry.isType),
      line: lineAt(start),
    })),
    ...module.staticExports.flatMap(({ entries, start }) => {
      const from = entries.filter(entry => entry.moduleRequest)
      const [first] = from
      if (!first?.moduleRequest) return []
      const typeOnly = from.every(entry => entry.isType)
      return [{ specifier: first.moduleRequest.value, typeOnly, line: lineAt(start) }]
    }),
    ...module.dynamicImports.flatMap(({ moduleRequest }) => {
      const [, specifier] =
        source.slice(moduleRequest.start, moduleRequest.end).match(/^(?:'([^']*)'|"([^"]*)")$/) ?? []
      return specifier === undefined ? [] : [{ specifier, typeOnly: false, line: lineAt(moduleRequest.start) }]
    }),
  ]
}
