/**
 * Many users with a session each, of that many seconds at most: they ask now and then, leave, and come back.
 * Where a session is cut, its user opens another after a second or so. Times are divided by the lab's scale.
 *
 * Says `ready` once all sessions have been up; `server NAME` for each session that begins; and whatever goes
 * wrong: `cut idle`, `cut mid-message`, `refused WHY`, and `gap SECONDS` when a user is served again, counted
 * from the cut or the refusal.
 */

import { type Kind, openSession, type Session } from './session.ts'

const [host = '', kind = '', count = '', sessionSeconds = '', scale = ''] = process.argv.slice(2)
const secondMs = 1000 / Number(scale)

let greetedUsers = 0
for (let user = 0; user < Number(count); user += 1) setTimeout(live, Math.random() * 2000)

/** A user's life: session after session. */
function live(): void {
  let wasServed = false
  let lostAtMs = 0
  let isBack = true

  function begin(): void {
    const endsAtMs = performance.now() + between(0.25, 1) * Number(sessionSeconds) * secondMs
    let state: 'connecting' | 'idle' | 'asking' | 'leaving' = 'connecting'
    const session = openSession(kind as Kind, host, {
      greeted(server) {
        say(`server ${server}`)
        if (!wasServed) countUser()
        wasServed = true
        state = 'idle'
        heard()
        setTimeout(ask, between(0, 10) * secondMs)
      },
      answered() {
        state = 'idle'
        heard()
        if (performance.now() > endsAtMs) leave(session)
        else setTimeout(ask, between(5, 15) * secondMs)
      },
      ended(why) {
        if (state === 'connecting') say(`refused ${why}`)
        if (state === 'idle') say('cut idle')
        if (state === 'asking') say('cut mid-message')
        if (state !== 'leaving') noteLoss()
        setTimeout(begin, between(0.5, 1.5) * secondMs)
      },
    })

    function ask(): void {
      if (state !== 'idle') return
      state = 'asking'
      session.ask()
    }

    function leave(leaving: Session): void {
      state = 'leaving'
      leaving.end()
    }
  }

  function heard(): void {
    if (!isBack) say(`gap ${((performance.now() - lostAtMs) / 1000).toFixed(2)}`)
    isBack = true
  }

  function noteLoss(): void {
    if (isBack) lostAtMs = performance.now()
    isBack = false
  }

  begin()
}

function countUser(): void {
  greetedUsers += 1
  if (greetedUsers === Number(count)) say('ready')
}

function between(least: number, most: number): number {
  return least + Math.random() * (most - least)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
