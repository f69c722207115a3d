// `node tools/import-rules/main.ts`: checks the imports of every source file; exit code 1 when one is against the rules.
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { checkImport } from './check-import.ts'
import { findImports } from './find-imports.ts'

const root = dirname(dirname(import.meta.dirname))
const files = globSync(['{contracts,src,inference,services,e2e,tools}/**/*.{ts,tsx,mts,mjs,js}', '*.{ts,mjs}'], {
  cwd: root,
  exclude: ['**/node_modules/**'],
}).map(file => file.replaceAll('\\', '/'))

const wrong = files.flatMap(file =>
  findImports(file, readFileSync(`${root}/${file}`, 'utf8')).flatMap(found => {
    const why = checkImport(file, found)
    return why ? [`${file}:${found.line}  ${why}`] : []
  }),
)
for (const line of wrong) console.log(line)
console.log(`${files.length} files, ${wrong.length} wrong imports`)
process.exitCode = wrong.length === 0 ? 0 : 1
