// The first import of index.ts: says what to do before anything newer is asked of an old Node.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`parcours: Node ${process.versions.node} is too old; "npm start" runs the right one`)
  process.exit(1)
}

export {}
