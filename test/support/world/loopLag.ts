import { Worker } from 'node:worker_threads'
import type { ServerNode } from './serverNode.ts'

/**
 * The p99 of the event loop's delay since the last call, in ms: the worst of the nodes, by their own `/metrics`,
 * which starts to count again each time it is asked.
 */
export async function worstLoopP99(nodes: readonly ServerNode[]): Promise<number> {
  const each = await Promise.all(
    nodes.map(async ({ metricsUrl }) => {
      const text = await (await fetch(metricsUrl)).text()
      const seconds = /^nodejs_eventloop_lag_p99_seconds ([\d.e+-]+)$/m.exec(text)?.[1]
      if (seconds === undefined) throw new Error('no lag of the event loop in /metrics')
      return Number(seconds) * 1000
    }),
  )
  return Math.max(...each)
}

/** An event loop that has nothing to do: what it is late is the machine's doing, who gives it no core. */
export interface IdleLoop {
  /** Its p99 since it started, in ms; it ends. */
  end(): Promise<number>
}

export function startIdleLoop(): IdleLoop {
  const p99 = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
  const worker = new Worker(
    `const delays = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 10 })
     delays.enable()
     const { workerData } = require('node:worker_threads')
     setInterval(() => { workerData[0] = delays.percentile(99) / 1e6 }, 200)`,
    { eval: true, workerData: p99 },
  )
  return {
    async end() {
      await worker.terminate()
      return p99[0] ?? 0
    },
  }
}
