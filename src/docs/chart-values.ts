/**
 * The chart's values with what their comments say. A comment ends, where the default does not tell what may stand
 * there, in `schema:` and either the name of a shape or a part of a JSON schema, as YAML.
 */

import { isMap, isNode, isScalar, type Pair, parse, parseDocument, type YAMLMap } from 'yaml'

export interface ChartValue {
  name: string
  /** In Markdown. Empty where there is no comment. */
  comment: string
  /** What the comment says under `schema:`; undefined where it has none. */
  hint: unknown
  /** What values.yaml holds. */
  standard: unknown
  /** The values inside, in order; none where users name the keys. */
  children: readonly ChartValue[]
}

/** The values that the text of a values.yaml holds, in order. */
export function readChartValues(text: string): ChartValue[] {
  const { contents } = parseDocument(text)
  if (!isMap(contents)) throw new Error('the values of the chart are no map')
  return readMap(contents)
}

function readMap(map: YAMLMap): ChartValue[] {
  return map.items.map((pair, index) => {
    // The parser gives the comment before the first key to the map, except at the top.
    const comment = commentBefore(pair.key) ?? (index === 0 ? map.commentBefore : undefined)
    return readPair(pair, comment ?? '')
  })
}

function readPair({ key, value }: Pair, written: string): ChartValue {
  const [comment = '', hintText] = written.split(/^ schema:/m)
  const hint: unknown = hintText === undefined ? undefined : parse(hintText)
  return {
    name: isScalar(key) ? String(key.value) : '',
    comment: comment.trim().replaceAll(/\s*\n\s*/g, ' '),
    hint,
    standard: isNode(value) ? value.toJSON() : undefined,
    children: isMap(value) && hint === undefined ? readMap(value) : [],
  }
}

function commentBefore(node: unknown): string | null | undefined {
  return isScalar(node) ? node.commentBefore : undefined
}
