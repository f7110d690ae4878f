import { useEffect, useRef, useState } from 'preact/hooks'
import { useSpeech } from '../../ui/speech.tsx'
import type { Connection } from '../wire/stream.ts'

/** How long a short cut stays untold, and how long "back online" is shown, in ms. */
const PATIENCE = 1_200
const BACK_SHOWN = 3_000

/** A line that says when the network is away, and when it is back. Writing goes on meanwhile. */
export function StatusLine({ connection }: { connection: Connection }) {
  const { say } = useSpeech()
  const [told, setTold] = useState<Connection | 'back' | null>(null)
  const wasAway = useRef(false)

  useEffect(() => {
    if (connection !== 'online') {
      const timer = setTimeout(
        () => {
          wasAway.current = connection !== 'connecting'
          setTold(connection)
        },
        connection === 'offline' ? 0 : PATIENCE,
      )
      return () => clearTimeout(timer)
    }
    setTold(wasAway.current ? 'back' : null)
    wasAway.current = false
    const timer = setTimeout(() => setTold(null), BACK_SHOWN)
    return () => clearTimeout(timer)
  }, [connection])

  return (
    <p class={`status status-${told ?? 'none'}`} role="status">
      {told !== null && told !== 'online' ? say(`chat:connection.${told}`) : ''}
    </p>
  )
}
