import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(8 * 1024)
let at = pool.length

/**
 * Random bytes for ids and nonces, drawn from the system some hundred at a time: asked for each, they
 * took as long as sealing a message. Copy them before the next call. Secrets that are kept or handed
 * out are drawn by themselves (`randomBytes`).
 */
export function drawRandom(bytes: number): Buffer {
  if (at + bytes > pool.length) {
    randomFillSync(pool)
    at = 0
  }
  return pool.subarray(at, (at += bytes))
}
