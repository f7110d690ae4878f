import { useEffect, useRef, useState } from 'preact/hooks'
import { LiveRegion } from '../../ui/LiveRegion.tsx'
import { useSpeech } from '../../ui/speech.tsx'
import type { Connection } from '../wire/stream.ts'

/** How long a short cut stays untold, and how long "back online" is shown, in ms. */
const PATIENCE = 1_200
const BACK_SHOWN = 3_000

/** A line that says when the network is away, and when it is back. Writing goes on meanwhile. */
export function StatusLine({ connection }: { connection: Connection }) {
  const { say } = useSpeech()
  const [told, setTold] = useState<Connection | 'back' | null>(null)
  const wasAwayRef = useRef(false)

  useEffect(() => {
    if (connection !== 'online') {
      const timer = setTimeout(
        () => {
          wasAwayRef.current = connection !== 'connecting'
          setTold(connection)
        },
        connection === 'offline' ? 0 : PATIENCE,
      )
      return () => clearTimeout(timer)
    }
    setTold(wasAwayRef.current ? 'back' : null)
    wasAwayRef.current = false
    const timer = setTimeout(() => setTold(null), BACK_SHOWN)
    return () => clearTimeout(timer)
  }, [connection])

  const text = told !== null && told !== 'online' ? say(`chat:connection.${told}`) : ''
  return <LiveRegion class={`status status-${told ?? 'none'}`} text={text} />
}
