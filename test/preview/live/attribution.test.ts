import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { attribute } from '../../../src/preview/live/attribution.ts'
import { readPlaces } from '../../../src/preview/live/places.ts'

describe('places in a text', () => {
  it('are given to every line, also to those that only go on', () => {
    const text = 'a:\n  - name: x\n    "b/c": |\n      one\n\n      two\n  - name: x\n  - 3\nd: {}\n'
    const { byLine, values } = readPlaces(text)
    expect(byLine).toEqual([
      '/a',
      '/a/0/name',
      '/a/0/b/c',
      '/a/0/b/c',
      '/a/0/b/c',
      '/a/0/b/c',
      '/a/1/name',
      '/a/2',
      '/d',
      '/d',
    ])
    expect(values.get('/a/0/b/c')).toBe('one\n\ntwo\n')
    expect(values.get('/a/2')).toBe(3)
  })

  it('go by names where a list has each only once', () => {
    expect(readPlaces('- name: x\n- name: y\n').byLine).toEqual(['/[x]/name', '/[y]/name', '/[y]/name'])
  })
})

describe('what is of Longhaul', () => {
  const status = '/metadata/annotations/longhaul.dev/status'
  const of = (sent: object, expected: object, answered: object) =>
    attribute(
      ...([sent, expected, answered].map(each => readPlaces(stringify(each))) as [Places, Places, Places]),
    )
  type Places = ReturnType<typeof readPlaces>

  it('is what it adds and replaces, wherever others put their own', () => {
    const { isAdded, isReplaced } = of(
      { list: [{ name: 'app' }], seconds: 30, kept: 1 },
      { list: [{ name: 'app', env: [{ name: 'A', value: '1' }] }], seconds: 35, kept: 1 },
      {
        list: [
          { name: 'other' },
          { name: 'app', env: [{ name: 'B' }, { name: 'A', value: '1' }], image: 'x' },
        ],
        seconds: 35,
        kept: 2,
      },
    )
    const added = ['/list/[app]/env', '/list/[app]/env/[A]/value', '/seconds']
    expect(added.map(isAdded)).toEqual([true, true, true])
    const others = [
      '/list',
      '/list/[app]',
      '/list/[other]/name',
      '/list/[app]/env/[B]/name',
      '/list/[app]/image',
      '/kept',
    ]
    expect(others.filter(isAdded)).toEqual([])
    expect(['/seconds', '/kept', '/list/[app]/env'].map(isReplaced)).toEqual([true, false, false])
  })

  it('is nothing where the cluster did not do it, or did something else', () => {
    const { isAdded, isReplaced } = of(
      { seconds: 30 },
      { seconds: 35, env: { a: 1 } },
      { seconds: 36, env: { b: 1 } },
    )
    expect(['/seconds', '/env', '/env/a', '/env/b'].filter(isAdded)).toEqual([])
    expect(isReplaced('/seconds')).toBe(false)
  })

  it('is the status, whatever version wrote it', () => {
    const withStatus = (text: string) => ({ metadata: { annotations: { 'longhaul.dev/status': text } } })
    const { isAdded } = of({ metadata: {} }, withStatus('this'), withStatus('that'))
    expect(['/metadata/annotations', status].map(isAdded)).toEqual([true, true])
    expect(of(withStatus('old'), withStatus('old'), withStatus('old')).isAdded(status)).toBe(false)
  })
})
