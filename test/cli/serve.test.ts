/** `longhaul serve --standalone`, as a process: requests, reloads, signals. */

import { EventEmitter, once } from 'node:events'
import { mkdir, open, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Agent } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { client, clientAuthority, otherAuthority, otherClient } from '../admission/client-certificates.ts'
import {
  chatPod,
  patched,
  plainPod,
  podRequest,
  podWith,
  responseOf,
  review,
  secret,
} from '../admission/reviews.ts'
import { type Answer, send } from '../admission/webhook.ts'
import { findFreePort } from '../cluster/free-port.ts'
import {
  csi,
  ended,
  folderWith,
  type LonghaulProcess,
  longhaul,
  noPseudoTerminal,
  onTerminal,
  type Result,
  runHere,
  shell,
  start,
} from './longhaul.ts'

const quickStop = 'shutdown: { settle: 1s, timeout: 3s }\n'
const anyPorts = ['--port', '0', '--admin-port', '0']
const patience = { timeout: 8000, interval: 50 }

type LogLine = Record<string, unknown> & { msg: string }

interface Serving {
  child: LonghaulProcess
  folder: string
  port: number
  adminPort: number
  ca: string
  /** The log so far. */
  log(): LogLine[]
  mutate(body: string): Promise<Answer>
  get(path: string): Promise<{ status: number; body: string }>
  /** Ends the process with a signal, and waits for its end. */
  stop(signal: 'SIGINT' | 'SIGTERM'): Promise<Pick<Result, 'status' | 'stderr'>>
}

/** Starts a webhook with some files in its folder, and waits until it listens. */
async function serve(files: Record<string, string> = {}, more: readonly string[] = []): Promise<Serving> {
  const folder = await folderWith({ 'config.yaml': quickStop, ...files })
  const tls = join(folder, 'tls')
  const named = ['--config', join(folder, 'config.yaml'), '--tls-dir', tls]
  const child = start([
    'serve',
    '--standalone',
    ...anyPorts,
    ...named,
    ...more.map(each => each.replace('FOLDER', folder)),
  ])
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    output.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    output.stderr += chunk
  })
  const closed = once(child, 'close')
  const log = () => {
    const whole = output.stdout.slice(0, output.stdout.lastIndexOf('\n') + 1)
    return whole
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as LogLine)
  }
  await expect.poll(() => log().some(({ msg }) => msg === 'listening') || output.stderr, patience).toBe(true)
  const { port, adminPort } = log().find(({ msg }) => msg === 'listening') as unknown as {
    port: number
    adminPort: number
  }
  const ca = await readFile(join(tls, 'ca.crt'), 'utf8')
  return {
    child,
    folder,
    port,
    adminPort,
    ca,
    log,
    mutate: body => send({ port, ca }, body),
    async get(path) {
      const response = await fetch(`http://127.0.0.1:${adminPort}${path}`, {
        headers: { connection: 'close' },
      })
      return { status: response.status, body: await response.text() }
    },
    async stop(signal) {
      child.kill(signal)
      const [status] = (await closed) as [number | null]
      return { status, stderr: output.stderr }
    },
  }
}

const namespaces = `apiVersion: v1
kind: Namespace
metadata:
  name: team
  labels:
    longhaul.dev/inject: "true"
    longhaul.dev/keepalive-idle: 45s
`

describe('serve --standalone', () => {
  it('answers a review over verified TLS, and is ready and alive', async () => {
    const serving = await serve()
    expect(serving.ca).toMatch(/^-----BEGIN CERTIFICATE-----/)
    expect(serving.ca).not.toContain('PRIVATE KEY')
    const pod = patched<object>(chatPod, responseOf(await serving.mutate(review(podRequest(chatPod)))))
    expect(pod).toHaveProperty('spec.terminationGracePeriodSeconds', 340)
    expect(await serving.get('/livez')).toEqual({ status: 200, body: 'ok\n' })
    expect(await serving.get('/startupz')).toEqual({ status: 200, body: 'ok\n' })
    expect(await serving.get('/readyz')).toEqual({ status: 200, body: 'ok\n' })
    const metrics = await serving.get('/metrics')
    expect(metrics.body).toContain(
      'longhaul_admissions_total{webhook="mutate",outcome="mutated",reason=""} 1\n',
    )
    expect(await serving.stop('SIGINT')).toEqual({ status: 0, stderr: '' })
    const admissions = serving.log().filter(({ msg }) => msg === 'admission')
    expect(admissions).toEqual([
      expect.objectContaining({ uid: 'u1', namespace: 'team', outcome: 'mutated' }),
    ])
    expect(JSON.stringify(serving.log())).not.toContain(secret)
  })

  it.each(['localhost', '127.0.0.1'])('is verified by curl as %s', async host => {
    const serving = await serve({ 'review.json': review(podRequest(chatPod)) })
    const { stdout, status } = await shell(
      `curl -sS --noproxy '*' --max-time 10 --cacert ${serving.folder}/tls/ca.crt -H 'content-type: application/json' ` +
        `--data-binary @${serving.folder}/review.json https://${host}:${serving.port}/mutate`,
    )
    expect(status).toBe(0)
    expect(responseOf({ body: stdout })).toMatchObject({ allowed: true, patchType: 'JSONPatch' })
  })

  it('takes labels from the file of namespaces, and follows its changes', async () => {
    const serving = await serve({ 'namespaces.yaml': namespaces }, ['--namespaces', 'FOLDER/namespaces.yaml'])
    const timers = async () => {
      const pod = patched(plainPod, responseOf(await serving.mutate(review(podRequest(plainPod))))) as object
      return JSON.stringify(pod).match(/idle=\d+/)?.[0]
    }
    expect(await timers()).toBe('idle=45')
    await writeFile(join(serving.folder, 'namespaces.yaml'), namespaces.replace('45s', '50s'))
    await expect.poll(timers, patience).toBe('idle=50')
  })

  it('takes over a changed configuration, also by the symlinks of a ConfigMap', async () => {
    const serving = await serve()
    const denied = async () => {
      const pod = podWith({ 'longhaul.dev/keepalive-idle': '60x' })
      return !responseOf(await serving.mutate(review(podRequest(pod)))).allowed
    }
    expect(await denied()).toBe(false)
    const file = join(serving.folder, 'config.yaml')
    const mount = async (name: string, content: string) => {
      await mkdir(join(serving.folder, name))
      await writeFile(join(serving.folder, name, 'config.yaml'), content)
      await symlink(name, join(serving.folder, '..data_tmp'))
      await rename(join(serving.folder, '..data_tmp'), join(serving.folder, '..data'))
    }
    await mount('..1', `${quickStop}strict: true\n`)
    await symlink('..data/config.yaml', `${file}.link`)
    await rename(`${file}.link`, file)
    await expect.poll(denied, patience).toBe(true)
    await mount('..2', quickStop)
    await expect.poll(denied, patience).toBe(false)
    expect((await serving.get('/metrics')).body).toContain(
      'longhaul_reloads_total{file="config",result="accepted"} 2\n',
    )
    await serving.stop('SIGINT')
    expect(serving.log().filter(({ msg }) => msg === 'changed file taken over')).toHaveLength(2)
  })

  it('refuses a broken change, logs and counts it, and keeps the old configuration', async () => {
    const serving = await serve({ 'config.yaml': `${quickStop}strict: true\n` })
    await writeFile(
      join(serving.folder, 'config.yaml'),
      `${quickStop}strict: perhaps\ndefaults: { keepalive-idle: 60x }\n`,
    )
    const refused = 'longhaul_reloads_total{file="config",result="refused"} 1\n'
    await expect.poll(async () => (await serving.get('/metrics')).body, patience).toContain(refused)
    const pod = podWith({ 'longhaul.dev/keepalive-idle': '60x' })
    expect(responseOf(await serving.mutate(review(podRequest(pod)))).allowed).toBe(false)
    await serving.stop('SIGINT')
    const file = join(serving.folder, 'config.yaml')
    expect(serving.log().find(({ msg }) => msg.startsWith('changed file refused'))).toMatchObject({
      level: 50,
      file,
      problem: expect.stringMatching(
        /:2: strict: "perhaps" is not of type boolean\n.*:3: defaults.keepalive-idle: "60x" is/,
      ),
    })
  })

  it('answers only clients of the CA in a file, follows its changes, and probes as ever', async () => {
    const folder = await folderWith({ 'clients.crt': clientAuthority.cert })
    const file = join(folder, 'clients.crt')
    const config = `${quickStop}webhook: { clientCA: ${file} }\n`
    const serving = await serve({ 'config.yaml': config })
    const status = async (shown: object) => {
      const options = { port: serving.port, ca: serving.ca, ...shown }
      return (await send(options, review(podRequest(chatPod)))).status
    }
    expect([await status({}), await status(client), await status(otherClient)]).toEqual([403, 200, 403])
    for (const path of ['/livez', '/readyz', '/metrics']) expect((await serving.get(path)).status).toBe(200)
    await writeFile(file, otherAuthority.cert)
    await expect.poll(() => status(otherClient), patience).toBe(200)
    expect([await status({}), await status(client)]).toEqual([403, 403])
    await writeFile(file, 'nothing')
    const refused = 'longhaul_reloads_total{file="client-ca",result="refused"} 1\n'
    await expect.poll(async () => (await serving.get('/metrics')).body, patience).toContain(refused)
    expect([await status({}), await status(otherClient)]).toEqual([403, 200])
  })

  it.each([
    ['is missing', undefined, 'no such file'],
    ['holds no certificate', 'nothing', 'it holds no certificate; write that of the CA there, as PEM'],
    [
      'holds one that is cut off',
      `${clientAuthority.cert}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`,
      "1 of its 2 certificates can't be read",
    ],
  ])('does not start where the file of the client CA %s', async (_, text, fault) => {
    const folder = await folderWith(text === undefined ? {} : { 'clients.crt': text })
    const file = join(folder, 'clients.crt')
    await writeFile(join(folder, 'config.yaml'), `webhook: { clientCA: ${file} }\n`)
    const config = join(folder, 'config.yaml')
    const child = start(['serve', '--standalone', ...anyPorts, '--config', config])
    const { status, stderr } = await ended(child)
    expect(status).toBe(2)
    expect(stderr).toContain(`webhook.clientCA: ${file}: `)
    expect(stderr).toContain(fault)
  })

  it('fails /readyz on SIGTERM, while requests are served, and then ends', async () => {
    // Long enough for three requests on any machine: after it, nobody answers.
    const serving = await serve({ 'config.yaml': 'shutdown: { settle: 5s, timeout: 3s }\n' })
    const stopped = serving.stop('SIGTERM')
    await expect.poll(async () => (await serving.get('/readyz')).status, patience).toBe(503)
    expect((await serving.get('/livez')).status).toBe(200)
    expect(responseOf(await serving.mutate(review(podRequest(chatPod)))).allowed).toBe(true)
    expect(await stopped).toEqual({ status: 0, stderr: '' })
    expect(serving.log().map(({ msg }) => msg)).toEqual(['listening', 'stopping', 'admission', 'stopped'])
    expect(serving.log().at(-1)).toMatchObject({ cut: 0 })
  })

  it('loses no request of clients that keep connections and go on sending over a SIGTERM', async () => {
    const serving = await serve()
    const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: serving.ca })
    onTestFinished(() => agent.destroy())
    const counts = { sent: 0, answered: 0 }
    const sendUntilTold = async () => {
      for (let isTold = false; !isTold; ) {
        counts.sent++
        const answer = await send({ port: serving.port, agent }, review(podRequest(chatPod)))
        if (responseOf(answer).allowed) counts.answered++
        isTold = answer.headers.connection === 'close'
      }
    }
    const clients = Promise.all(Array.from({ length: 8 }, sendUntilTold))
    await delay(200)
    expect(await serving.stop('SIGTERM')).toEqual({ status: 0, stderr: '' })
    await clients
    expect(counts.answered).toBe(counts.sent)
    // Each of them sent more than one on its connection.
    expect(counts.sent).toBeGreaterThan(8)
    expect(serving.log().at(-1)).toMatchObject({ msg: 'stopped', cut: 0 })
    const logged = serving.log().filter(({ msg }) => msg === 'admission')
    expect(logged).toHaveLength(counts.sent)
  })

  it('ends on SIGTERM though somebody keeps a connection to probes and metrics', async () => {
    const serving = await serve()
    await (await fetch(`http://127.0.0.1:${serving.adminPort}/metrics`)).text()
    expect((await serving.stop('SIGTERM')).status).toBe(0)
  })

  it('ends on SIGTERM though somebody has sent half a request there, or has said nothing to the webhook', async () => {
    const serving = await serve({ 'config.yaml': quickStop })
    const half = connect(serving.adminPort, '127.0.0.1').on('error', () => {})
    half.write('GET /livez HTTP/1.1\r\nHost: x\r\n')
    const silent = connect(serving.port, '127.0.0.1').on('error', () => {})
    await Promise.all([half, silent].map(socket => once(socket, 'connect')))
    expect((await serving.stop('SIGTERM')).status).toBe(0)
  })

  it('ends at once on SIGINT, with the log written', async () => {
    const serving = await serve({ 'config.yaml': 'shutdown: { settle: 60s, timeout: 60s }\n' })
    await Promise.all(Array.from({ length: 10 }, () => serving.mutate(review(podRequest(chatPod)))))
    // Before the test's time is up, which the two of a SIGTERM would outlast.
    expect(await serving.stop('SIGINT')).toEqual({ status: 0, stderr: '' })
    expect(serving.log().filter(({ msg }) => msg === 'admission')).toHaveLength(10)
  })

  it('ends at once on a second signal', async () => {
    const serving = await serve({ 'config.yaml': 'shutdown: { settle: 60s, timeout: 60s }\n' })
    const closed = once(serving.child, 'close')
    serving.child.kill('SIGTERM')
    await expect.poll(async () => (await serving.get('/readyz')).status, patience).toBe(503)
    serving.child.kill('SIGTERM')
    expect(await closed).toEqual([null, 'SIGTERM'])
  })

  it('goes on where the reader of its log goes, and ends well', async () => {
    const folder = await folderWith({ 'config.yaml': quickStop })
    const args = `--port 0 --admin-port 0 --config ${folder}/config.yaml`
    // The exit status of a background process is asked for with wait; head leaves after the first line.
    const script = `
      longhaul serve --standalone ${args} > >(head -n 1 > ${folder}/first) & pid=$!
      until [ -s ${folder}/first ]; do sleep 0.1; done
      port=$(sed 's/.*"port":\\([0-9]*\\).*/\\1/' ${folder}/first)
      for turn in 1 2 3; do
        curl -sko /dev/null -w '%{http_code} ' --noproxy '*' -d '{' -H 'content-type: application/json' https://127.0.0.1:$port/mutate
      done
      kill -TERM $pid; wait $pid; echo $?`
    const { stdout, stderr } = await shell(script.replace('longhaul serve', 'exec_longhaul serve'))
    expect([stdout, stderr]).toEqual(['400 400 400 0\n', ''])
  })

  describe.skipIf(noPseudoTerminal !== undefined)(
    `on a terminal (${noPseudoTerminal ?? 'by script'})`,
    () => {
      const call = (env: Record<string, string>) =>
        onTerminal(['serve', '--standalone', ...anyPorts], { env, endAfterSeconds: 1.5 })

      it('logs for people, in colour', async () => {
        expect(await call({})).toMatch(new RegExp(`${csi.replace('[', '\\[')}32mINFO.*listening`))
      })

      it('logs without colour with NO_COLOR', async () => {
        const output = await call({ NO_COLOR: '1' })
        expect(output).toMatch(/INFO: listening/)
        expect(output).not.toContain(csi)
      })
    },
  )

  it('goes on where nobody reads its log any more', async () => {
    const serving = await serve()
    serving.child.stdout.destroy()
    for (let turn = 0; turn < 30; turn++) {
      expect((await serving.mutate(review(podRequest(chatPod)))).status).toBe(200)
    }
    await delay(300)
    expect((await serving.get('/readyz')).status).toBe(200)
    expect(await serving.stop('SIGTERM')).toEqual({ status: 0, stderr: '' })
  })
})

describe('a start that fails', () => {
  /** A port that is in use. */
  async function takenPort(): Promise<number> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    return (server.address() as AddressInfo).port
  }

  it.each(['--port', '--admin-port'])(
    'for a port in use says so and ends with status 1 (%s)',
    async option => {
      const port = await takenPort()
      const { status, stderr } = await longhaul(['serve', '--standalone', ...anyPorts, option, String(port)])
      expect(status).toBe(1)
      expect(stderr).toMatch(new RegExp(`^longhaul: port ${port} can't be opened: .*EADDRINUSE.*\\n$`))
    },
  )

  const timeout = 10_000

  /** The end of a call; a process that goes on instead fails the test. */
  async function endOf(args: readonly string[]): Promise<Result> {
    const child = start(args)
    child.stdin.end()
    const late = setTimeout(() => child.kill('SIGKILL'), 5000)
    try {
      return await ended(child)
    } finally {
      clearTimeout(late)
    }
  }

  it('for a missing configuration file ends with status 2', { timeout }, async () => {
    const { status, stderr } = await endOf([
      'serve',
      '--standalone',
      ...anyPorts,
      '--config',
      '/nowhere/config.yaml',
    ])
    expect([status, stderr]).toEqual([2, 'longhaul: /nowhere/config.yaml: there is no such file\n'])
  })

  it('for a missing namespaces file ends with status 2, also with a good configuration', {
    timeout,
  }, async () => {
    const folder = await folderWith({ 'config.yaml': quickStop })
    const named = ['--config', join(folder, 'config.yaml'), '--namespaces', join(folder, 'none.yaml')]
    const { status, stderr } = await endOf(['serve', '--standalone', ...anyPorts, ...named])
    expect(stderr).toBe(`longhaul: ${join(folder, 'none.yaml')}: there is no such file\n`)
    expect(status).toBe(2)
  })

  it('for a folder that can not be written ends with status 1, also with a good configuration', {
    timeout,
  }, async () => {
    const folder = await folderWith({ 'config.yaml': quickStop, file: '' })
    const named = ['--config', join(folder, 'config.yaml'), '--tls-dir', join(folder, 'file', 'tls')]
    const { status, stderr } = await endOf(['serve', '--standalone', ...anyPorts, ...named])
    expect(stderr).toMatch(/^longhaul: .*file\/tls: ca.crt can't be written: .*\n$/)
    expect(status).toBe(1)
  })

  it.each([
    [
      'another kind',
      `${namespaces}---\nkind: Pod\napiVersion: v1\n`,
      /document 2 \(line 8\) is not a Namespace/,
    ],
    ['broken YAML', `${namespaces}---\na: [1\n`, /document 2 is not valid YAML/],
  ])('for namespaces with %s names file, document and line', { timeout }, async (_name, content, message) => {
    const folder = await folderWith({ 'namespaces.yaml': content })
    const { status, stderr } = await endOf([
      'serve',
      '--standalone',
      ...anyPorts,
      '--namespaces',
      join(folder, 'namespaces.yaml'),
    ])
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })
})

describe('serve in a cluster', () => {
  const kubeconfig = (server: string) => `
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: here, context: {cluster: c, user: u}}]
`

  it('waits for an API server that does not answer, and can be stopped meanwhile', async () => {
    const folder = await folderWith({ kubeconfig: kubeconfig(`https://127.0.0.1:${await findFreePort()}`) })
    const adminPort = await findFreePort()
    const child = start(['serve', '--port', '0', '--admin-port', String(adminPort)], {
      KUBECONFIG: join(folder, 'kubeconfig'),
    })
    const result = ended(child)
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${adminPort}${path}`).catch(() => undefined)
      return response === undefined ? undefined : [response.status, await response.text()]
    }
    await expect.poll(() => get('/livez'), patience).toEqual([200, 'ok\n'])
    expect(await get('/readyz')).toEqual([503, 'not ready: the webhook waits for the API server\n'])
    child.kill('SIGTERM')
    const { status, stdout, stderr } = await result
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('the API server does not answer; it is tried again')
    expect(stdout).toContain('ECONNREFUSED')
  })

  it('says of a broken configuration what is wrong before it waits for anything', async () => {
    const folder = await folderWith({
      kubeconfig: kubeconfig(`https://127.0.0.1:${await findFreePort()}`),
      'config.yaml': 'certs: {mode: acme}\n',
    })
    const args = ['serve', ...anyPorts, '--config', join(folder, 'config.yaml')]
    const { status, stderr } = await ended(start(args, { KUBECONFIG: join(folder, 'kubeconfig') }))
    expect(status).toBe(2)
    expect(stderr).toContain('certs.mode: "acme" is not one of self, cert-manager, provided')
  })
})

describe('serve inside this process', () => {
  it.each([
    [2, 'there is no such file', ['--config', 'FOLDER/none']],
    [2, 'strict: "perhaps" is not of type boolean', ['--config', 'FOLDER/broken.yaml']],
    [2, 'there is no such file', ['--namespaces', 'FOLDER/none']],
    [2, 'document 1 (line 1) is not a Namespace', ['--namespaces', 'FOLDER/config.yaml']],
    [1, "ca.crt can't be written", ['--tls-dir', 'FOLDER/config.yaml']],
  ])('ends with status %d where it can not start: %s', async (status, message, options) => {
    const folder = await folderWith({ 'config.yaml': quickStop, 'broken.yaml': 'strict: perhaps\n' })
    const args = options.map(each => each.replace('FOLDER', folder))
    const result = await runHere(['serve', '--standalone', ...anyPorts, ...args])
    expect([result.status, result.stdout]).toEqual([status, ''])
    expect(result.stderr).toContain(`longhaul: ${folder}`)
    expect(result.stderr).toContain(message)
  })

  it('listens, reloads and ends on a signal', async () => {
    const folder = await folderWith({ 'config.yaml': quickStop, 'namespaces.yaml': namespaces })
    const file = await open(join(folder, 'log'), 'w')
    onTestFinished(() => file.close())
    const signals = new EventEmitter()
    const named = ['--config', join(folder, 'config.yaml'), '--namespaces', join(folder, 'namespaces.yaml')]
    const ending = runHere(
      ['serve', '--standalone', ...anyPorts, ...named, '--tls-dir', join(folder, 'tls')],
      {
        stdout: Object.assign(new PassThrough(), { fd: file.fd }),
        onSignal(listener) {
          signals.on('signal', listener)
          return () => void signals.off('signal', listener)
        },
      },
    )
    const log = async () => (await readFile(join(folder, 'log'), 'utf8')).split('\n').filter(Boolean)
    const messages = async () => (await log()).map(line => JSON.parse(line).msg)
    await expect.poll(messages, patience).toContain('listening')
    await writeFile(join(folder, 'config.yaml'), `${quickStop}strict: perhaps\n`)
    await expect.poll(messages, patience).toContain('changed file refused; what it held before stays')
    await writeFile(join(folder, 'config.yaml'), `${quickStop}strict: true\n`)
    await expect.poll(messages, patience).toContain('changed file taken over')
    signals.emit('signal', 'SIGTERM')
    expect(await ending).toMatchObject({ status: 0, stderr: '' })
    expect((await messages()).slice(-2)).toEqual(['stopping', 'stopped'])
    expect(signals.listenerCount('signal')).toBe(0)
  })
})
