/** Texts that are written as base64, which kubectl reads as what they hold: an object of Kubernetes has no bytes. */

import type { Scalar, ScalarTag } from 'yaml'
import { stringifyString } from 'yaml/util'

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export const binaryText: ScalarTag = {
  tag: 'tag:yaml.org,2002:binary',
  default: false,
  resolve(text, onError) {
    if (!base64.test(text.replace(/[\r\n]/g, ''))) onError('!!binary stands before what is not base64')
    return Buffer.from(text, 'base64').toString()
  },
  // As it was written.
  stringify: ({ source = '', ...item }: Scalar, ...more) =>
    stringifyString({ ...item, value: source } as Scalar<string>, ...more),
}
