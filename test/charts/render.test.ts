import { readFileSync } from 'node:fs'
import type { V1ConfigMap } from '@kubernetes/client-node'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { chart, helm, missingHelm } from '../../charts/helm.ts'
import {
  guardFile,
  guardManifests,
  manifests,
  manifestsFile,
  policyFile,
  policyManifests,
} from '../../charts/manifests.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { type ChartValue, readChartValues } from '../../src/docs/chart-values.ts'
import type { KubernetesObject } from '../../src/manifests/workloads.ts'
import { parseConfig } from '../../src/policy/config-file.ts'
import { chartCases, rendered, renderedFile } from './golden.ts'

const cases = chartCases()

test('the chart has the version of the program', () => {
  const { version, appVersion } = parse(readFileSync(`${chart}/Chart.yaml`, 'utf8'))
  expect({ version, appVersion }).toEqual({ version: packageJson.version, appVersion: packageJson.version })
})

test('the golden cases set every value', () => {
  const written = cases.map(({ values }) => parse(values))
  const isSet = (path: readonly string[]) =>
    written.some(values => path.reduce((at, key) => at?.[key], values) !== undefined)
  const all = paths(readChartValues(readFileSync(`${chart}/values.yaml`, 'utf8')), [])
  expect(all.filter(path => !isSet(path))).toEqual([])
})

function paths(values: readonly ChartValue[], above: readonly string[]): string[][] {
  return values.flatMap(({ name, children }) => {
    const path = [...above, name]
    return children.length > 0 ? paths(children, path) : [path]
  })
}

test.each(cases)('the configuration file of $name can be used', ({ name }) => {
  const objects = parseAllDocuments(readFileSync(renderedFile(name), 'utf8')).map(each => each.toJS())
  const isConfig = (object: KubernetesObject) =>
    object.kind === 'ConfigMap' && (object as unknown as V1ConfigMap).data?.['config.yaml'] !== undefined
  const { data } = objects.find(isConfig)
  expect(() => parseConfig(data['config.yaml'], name)).not.toThrow()
})

describe('Helm', () => {
  beforeEach(context => {
    if (missingHelm !== undefined) context.skip(missingHelm)
  })

  it('finds nothing wrong with the chart', () => {
    expect(helm(['lint', '--strict', chart])).toMatchObject({ status: 0, stderr: '' })
  })

  it.each(cases)('renders $name as before (npm run golden)', each => {
    expect(rendered(each)).toBe(readFileSync(renderedFile(each.name), 'utf8'))
  })

  it('renders deploy/longhaul.yaml (npm run manifests)', () => {
    expect(readFileSync(manifestsFile, 'utf8')).toBe(manifests())
  })

  it('renders deploy/policy.yaml (npm run manifests)', () => {
    expect(readFileSync(policyFile, 'utf8')).toBe(policyManifests())
  })

  it('renders deploy/guard.yaml (npm run manifests)', () => {
    expect(readFileSync(guardFile, 'utf8')).toBe(guardManifests())
  })

  it('refuses a cluster that is too old', () => {
    const { status, stderr } = helm(['template', chart, '--kube-version=1.27.9'])
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('chart requires kubeVersion: >=1.28.0-0'),
    })
  })

  it.each([
    ['v1.29.14-gke.100', 1, /guard\.enabled needs .* from Kubernetes 1\.30 on; this is v1\.29\.14-gke\.100:/],
    ['v1.30.0-rc.1', 0, /^$/],
  ])('has the guard from Kubernetes 1.30 on: %s', (version, status, stderr) => {
    const args = ['template', chart, '--set=guard.enabled=true', `--kube-version=${version}`]
    expect(helm(args)).toMatchObject({ status, stderr: expect.stringMatching(stderr) })
  })

  it.each<[values: string, said: RegExp]>([
    ['{}', /^(?!.*(?:WARNING|force-delete)).*label namespace NAMESPACE longhaul\.dev\/inject=true/s],
    [
      'webhook: {failurePolicy: Fail}',
      /WARNING: webhook\.failurePolicy is Fail.*delete mutatingwebhookconf/s,
    ],
    ['guard: {enabled: true}', /label namespace NAMESPACE longhaul\.dev\/force-delete=deny/],
    ['replicas: 1', /WARNING: there is only one replica.*stay unchanged/s],
    ['{replicas: 1, webhook: {failurePolicy: Fail}}', /WARNING: there is only one replica.*are refused/s],
    [
      'certs: {mode: provided}',
      /waits for the certificate in the Secret longhaul-tls \(tls\.crt, tls\.key, ca\.crt\)/,
    ],
  ])('says what to do next: %s', (values, said) => {
    const args = ['install', 'longhaul', chart, '--dry-run=client', '--output=json', '--values=-']
    const { stdout } = helm(args, values)
    expect(JSON.parse(stdout).info.notes).toMatch(said)
  })
})
