/** The input again, with the pod templates changed, to be applied where no webhook runs. */

import { parseDocument } from 'yaml'
import { writeJson } from '../manifests/digits.ts'
import type { ManifestDocument } from '../manifests/documents.ts'
import { editDocument, styleOf } from '../manifests/edit.ts'
import { editText } from '../manifests/edit-text.ts'
import { isJson } from '../manifests/json-stream.ts'
import { restoreOutdented } from '../manifests/outdented-lines.ts'
import type { KubernetesObject } from '../manifests/workloads.ts'
import { parseOptions } from '../manifests/yaml-reading.ts'
import type { Plan } from './plan.ts'

/** All documents in order: those that do not change exactly as they were, the others with their comments. */
export function printYaml({ documents, workloads }: Plan): string {
  const changes = new Map(workloads.map(({ object, changed }) => [object, changed]))
  const texts = documents.map(document => textOf(document, changes))
  // kubectl goes by how a stream begins: in one of JSON it takes no separators, in one of YAML it needs them.
  if (texts.every(text => startsAsJson(text))) return texts.map(onNewLine).join('')
  const start = texts.length > 1 && startsAsJson(texts[0]) ? '---\n' : ''
  return start + texts.map(separated).join('')
}

function startsAsJson(text = ''): boolean {
  return /^\s*\{/.test(text)
}

function onNewLine(text: string, index: number, texts: readonly string[]): string {
  return index === 0 || texts[index - 1]?.endsWith('\n') || text.startsWith('\n') ? text : `\n${text}`
}

const byteOrderMark = '\uFEFF'

function textOf(
  document: ManifestDocument,
  changes: ReadonlyMap<KubernetesObject, KubernetesObject>,
): string {
  const after = replaceObjects(document.value, changes)
  if (after === document.value) return document.text
  const edited = editText(document.readableText, document.value, after)
  if (edited !== undefined) return restoreOutdented(edited, document.outdented)
  if (isJson(document.readableText)) return `${writeJson(after, 2)}\n`
  const node = parseDocument(document.readableText, parseOptions)
  editDocument(node, document.value, after)
  const mark = document.readableText.startsWith(byteOrderMark) ? byteOrderMark : ''
  const text = mark + node.toString({ lineWidth: 0, ...styleOf(document.readableText) })
  return document.readableText.includes('\r\n') ? text.replaceAll(/\r?\n/g, '\r\n') : text
}

/** The value with each workload in it replaced; the same value where none changes. */
function replaceObjects(value: unknown, changes: ReadonlyMap<unknown, KubernetesObject>): unknown {
  const changed = changes.get(value)
  if (changed !== undefined) return changed
  const { items } = (value ?? {}) as { items?: unknown }
  if (!Array.isArray(items)) return value
  const replaced = items.map(item => replaceObjects(item, changes))
  return replaced.some((item, index) => item !== items[index])
    ? { ...(value as object), items: replaced }
    : value
}

/** The text of a document with what must stand between it and the one before, where that is not there. */
function separated(text: string, index: number, texts: readonly string[]): string {
  const before = texts[index - 1]
  if (before === undefined) return text
  const lineEnd = before === '' || before.endsWith('\n') ? '' : '\n'
  if (opensDocument(text) || before === '') return lineEnd + text
  return `${lineEnd}---${text.startsWith('\n') ? '' : '\n'}${text}`
}

/** True where a separator comes before anything but comments and directives. */
function opensDocument(text: string): boolean {
  return /^(?![ \t\r]*(?:[#%]|$)).*/m.exec(text)?.[0].startsWith('---') === true
}
