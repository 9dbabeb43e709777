/** Programs as they run in containers, outgoing and accepted connections: what the kernel holds for their sockets. */
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, it, type TestContext, vi } from 'vitest'
import { nativeFolder, preload, sanitized } from './build.ts'
import { compile, parseOptions, type SocketOptions } from './fixtures.ts'
import { openNamespace } from './namespace.ts'
import {
  type Command,
  eventually,
  isInstalled,
  run,
  start,
  temporaryFolder,
  type Variables,
} from './programs.ts'

/** A JVM compiles its source first. */
vi.setConfig({ testTimeout: 60_000 })

const settings = { LONGHAUL_KEEPALIVE: 'idle=5,interval=2,probes=4,user_timeout=12000' }
const chosen = { keepalive: 1, idle: 5, interval: 2, probes: 4, userTimeout: 12_000 }
const port = 8080

interface Scene {
  /** Starts a program in the test's network, with the library preloaded. */
  readonly preloaded: (command: Command, variables?: Variables) => ChildProcess
  /** The same without the library: the other side of a connection. */
  readonly plain: (command: Command) => ChildProcess
  /** Waits until the program has these sockets, and returns their options in that order. */
  readonly socketsOf: (program: ChildProcess, names: readonly string[]) => Promise<SocketOptions[]>
  /** Runs a program in the test's network, to its end. */
  readonly look: (command: Command) => Promise<string>
  readonly folder: string
}

const setScene = async (ctx: TestContext, program: string): Promise<Scene> => {
  ctx.skip(!isInstalled(program), `${program} is not installed`)
  const inside = await openNamespace(ctx)
  const folder = temporaryFolder()
  const inspect = await compile(ctx, 'inspect', folder)
  const socketsOf: Scene['socketsOf'] = (child, names) =>
    eventually(`${program} has ${names.join(', ')}`, async () => {
      const { stdout } = await run(inside([inspect, `${child.pid}`, `${port}`]))
      const sockets = parseOptions(stdout)
      const found = names.flatMap(name => sockets.find(socket => socket.name === name) ?? [])
      return found.length === names.length ? found : undefined
    })
  return {
    preloaded: (command, variables = settings) => start(inside(command, preload(variables))),
    plain: command => start(inside(command)),
    socketsOf,
    look: async command => (await run(inside(command))).stdout,
    folder,
  }
}

/** A server that accepts and says nothing, and the reverse. */
const silentServer = [
  'python3',
  '-c',
  `import socket; l = socket.create_server(("", ${port})); a = l.accept(); a[0].recv(1); a[0].recv(1 << 20); input()`,
] as const
const silentClient = [
  'python3',
  '-c',
  `import socket, time
while True:
  try: c = socket.create_connection(("127.0.0.1", ${port})); break
  except ConnectionRefusedError: time.sleep(0.05)
input()`,
] as const

it('Python: client', async ctx => {
  const scene = await setScene(ctx, 'python3')
  scene.plain(silentServer)
  const client = scene.preloaded(silentClient)
  expect(await scene.socketsOf(client, ['client'])).toMatchObject([chosen])
})

it('has its keepalive timers shown by ss', async ctx => {
  const scene = await setScene(ctx, 'python3')
  const server = scene.preloaded(silentServer)
  const client = scene.preloaded(silentClient)
  await scene.socketsOf(client, ['client'])
  await scene.socketsOf(server, ['accepted'])
  // ss writes seconds and milliseconds as 4.996ms.
  const timers = (await scene.look(['ss', '-Htino'])).match(/timer:\(keepalive,[345](sec|\.\d{3}ms),0\)/g)
  expect(timers).toHaveLength(2)
})

it('Python: server', async ctx => {
  const scene = await setScene(ctx, 'python3')
  const server = scene.preloaded(silentServer)
  scene.plain(silentClient)
  expect(await scene.socketsOf(server, ['listener', 'accepted'])).toMatchObject([chosen, chosen])
})

/** curl's requests, with its own keepalive switched by the parameters. */
const curlSockets = async (ctx: TestContext, ...parameters: readonly string[]): Promise<SocketOptions[]> => {
  ctx.skip(sanitized, "AddressSanitizer's runtime hangs in Debian's curl, without the library too")
  const scene = await setScene(ctx, 'curl')
  await scene.socketsOf(scene.plain(silentServer), ['listener'])
  const client = scene.preloaded(['curl', '--silent', ...parameters, `http://127.0.0.1:${port}/`])
  return scene.socketsOf(client, ['client'])
}

it('curl', async ctx => {
  expect(await curlSockets(ctx, '--no-keepalive')).toMatchObject([chosen])
})

it('curl, whose own keepalive stays', async ctx => {
  expect(await curlSockets(ctx, '--keepalive-time', '77')).toMatchObject([
    { ...chosen, idle: 77, interval: 77 },
  ])
})

it('Node: client and server', async ctx => {
  const scene = await setScene(ctx, 'env')
  const script = `net.createServer().listen(${port}, () => net.connect(${port}, '127.0.0.1'))`
  const node = scene.preloaded([process.execPath, '-e', script])
  expect(await scene.socketsOf(node, ['listener', 'client', 'accepted'])).toMatchObject([
    chosen,
    chosen,
    chosen,
  ])
})

it("Node, whose setKeepAlive the user timeout follows, on the client's side and the server's", async ctx => {
  const scene = await setScene(ctx, 'env')
  // Node sets 10 probes, 1 s apart, beside the idle time that it is told.
  const script = `net.createServer(socket => socket.setKeepAlive(true, 300_000))
    .listen(${port}, () => net.connect(${port}, '127.0.0.1').setKeepAlive(true, 5000))`
  const node = scene.preloaded([process.execPath, '-e', script], { LONGHAUL_KEEPALIVE: 'user_timeout=auto' })
  const timers = { keepalive: 1, interval: 1, probes: 10 }
  const found = await eventually('Node has set its timers', async () => {
    const sockets = await scene.socketsOf(node, ['client', 'accepted'])
    return sockets.every(({ idle }) => idle !== 60) ? sockets : undefined
  })
  expect(found).toMatchObject([
    { ...timers, idle: 5, userTimeout: 30_000 },
    { ...timers, idle: 300, userTimeout: 310_000 },
  ])
})

it('JVM: client and server', async ctx => {
  const scene = await setScene(ctx, 'java')
  const jvm = scene.preloaded([
    'java',
    '-Xshare:auto',
    '-XX:TieredStopAtLevel=1',
    `${nativeFolder}/test/Loopback.java`,
    `${port}`,
  ])
  expect(await scene.socketsOf(jvm, ['listener', 'client', 'accepted'])).toMatchObject([
    chosen,
    chosen,
    chosen,
  ])
})

/** User root, because a user namespace holds no other that nginx could give its folders to. */
const nginxConfiguration = (folder: string): string => `
user root;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder};
  proxy_temp_path ${folder};
  fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder};
  scgi_temp_path ${folder};
  server { listen ${port}; }
}
`

it('nginx', async ctx => {
  const scene = await setScene(ctx, 'nginx')
  const file = `${scene.folder}/nginx.conf`
  writeFileSync(file, nginxConfiguration(scene.folder))
  const server = scene.preloaded(['nginx', '-e', 'stderr', '-c', file])
  scene.plain(silentClient)
  expect(await scene.socketsOf(server, ['listener', 'accepted'])).toMatchObject([chosen, chosen])
})
