import { randomBytes } from 'node:crypto'
import { LONG_CODE, startTwilio, WHATSAPP, type TwilioOptions, type TwilioStandIn } from '../providers/twilio/index.ts'
import { testClock, type TestClock } from './clock.ts'
import { startTestServer, type TestServer } from './server.ts'

/** A server with a number at Twilio, and Twilio's side of it, on one clock. */
export interface SmsWorld {
  readonly server: TestServer
  readonly twilio: TwilioStandIn
  readonly clock: TestClock
  /** Another node on the same database. */
  secondNode(): Promise<TestServer>
  /** Waits for what webhooks began, and sends what is due. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export async function openSmsWorld(options: TwilioOptions = {}, env: Record<string, string> = {}): Promise<SmsWorld> {
  const clock = testClock('2026-11-24T15:00:00Z')
  const twilio = await startTwilio({
    now: () => clock.now().epochMilliseconds,
    tokens: ['a token of the tests: primary'],
    ...options,
  })
  const common = {
    clock,
    byAddress: true,
    masterKey: randomBytes(32).toString('base64'),
    env: {
      TWILIO_ACCOUNT_SID: twilio.account.sid,
      TWILIO_AUTH_TOKEN: twilio.account.tokens[0] ?? '',
      TWILIO_SMS_FROM: LONG_CODE,
      TWILIO_WHATSAPP_FROM: WHATSAPP.replace('whatsapp:', ''),
      TWILIO_API_URL: twilio.url,
      ...env,
    },
  }
  const server = await startTestServer(common)
  twilio.connect({ inboundUrl: `${server.url}/channels/sms/webhook` })
  const { running } = server
  return {
    server,
    twilio,
    clock,
    secondNode: () => startTestServer({ ...common, database: server.database }),
    async settled() {
      await running.webhooksTaken()
      await running.dispatcher.drain()
    },
    async stop() {
      await server.stop()
      await twilio.close()
    },
  }
}
