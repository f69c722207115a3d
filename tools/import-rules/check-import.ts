import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { FoundImport } from './find-imports.ts'
import { type FolderRule, rules, testFile, testPackages } from './rules.ts'

const isIn = (folder: string, path: string) => folder === '' || path === folder || path.startsWith(`${folder}/`)

/** The rule of a file: that of the deepest folder around it. @param file path from the root, with `/` */
export function ruleFor(file: string): FolderRule | undefined {
  const around = rules.filter(({ folder }) => (folder === '' ? !file.includes('/') : isIn(folder, file)))
  return around.toSorted((a, b) => b.folder.length - a.folder.length)[0]
}

/** @param file path from the root, with `/` @returns what is wrong, as a sentence; null when it is allowed */
export function checkImport(
  file: string,
  { specifier, typeOnly }: Pick<FoundImport, 'specifier' | 'typeOnly'>,
): string | null {
  const rule = ruleFor(file)
  if (!rule) return `${file} lies in no folder of the import rules; add its folder to tools/import-rules/rules.ts`
  const target = pathOf(file, specifier)
  if (target && ships(file) && testFile.test(target))
    return `${file} ships, and may not import '${specifier}' of the tests`
  const allowed =
    target === null ? mayImportPackage(rule, file, specifier, typeOnly) : mayImportPath(rule, target, typeOnly)
  if (allowed) return null
  const what = typeOnly ? `the types of '${specifier}'` : `'${specifier}'`
  return `${rule.folder || 'the root'} may not import ${what}, so that ${rule.soThat}`
}

/** Whether it can end up in the app or the server. */
const ships = (file: string) => /^(contracts|src|inference|services)\//.test(file) && !testFile.test(file)

/** @returns path from the root, or null for a package */
function pathOf(file: string, specifier: string): string | null {
  if (specifier.startsWith('#contracts/')) return specifier.slice(1)
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file), specifier))
  return null
}

function mayImportPath(rule: FolderRule, target: string, typeOnly: boolean): boolean {
  if (ruleFor(target) === rule) return true
  // the composition root knows every service, and no service knows another
  if (rule.folder === 'services' && isIn('services', target)) return true
  if (rule.folders?.some(folder => isIn(folder, target))) return true
  return typeOnly && (rule.typesOf?.some(folder => isIn(folder, target)) ?? false)
}

function mayImportPackage(rule: FolderRule, file: string, specifier: string, typeOnly: boolean): boolean {
  const name = isBuiltin(specifier) ? 'node:' : packageName(specifier)
  const allowed = [
    ...(rule.packages ?? []),
    ...(typeOnly ? (rule.packageTypes ?? []) : []),
    ...(testFile.test(file) ? testPackages : []),
  ]
  return allowed.includes(name) || (name !== 'node:' && allowed.includes('*'))
}

/** `@scope/name/deep` → `@scope/name` */
const packageName = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
