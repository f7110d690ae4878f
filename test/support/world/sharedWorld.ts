import { startWorld, type World } from './world.ts'

let world: Promise<World> | undefined

/** The one world of a run of mocha: it starts with the first test that wants it, calm, and ends with the last of all. */
export async function sharedWorld(): Promise<World> {
  const shared = await (world ??= startWorld())
  await shared.calm()
  shared.selfCrashes()
  shared.refusedStarts()
  return shared
}

// At the root, because no file knows whether it is the last.
after(async function () {
  this.timeout(60_000)
  await (await world)?.stop()
})
