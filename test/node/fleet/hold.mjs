// The same for Node: its sockets end when their other ends do.
import { connect } from 'node:net'

const words = process.argv.slice(1)
for (let index = 0; index < words.length; index += 2) {
  for (let count = Number(words[index + 1]); count > 0; count -= 1) {
    connect(9000, words[index]).resume()
  }
}
setInterval(() => {}, 3_600_000)
