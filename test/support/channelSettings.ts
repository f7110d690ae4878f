/** Settings of all channels, whose providers nobody reaches: for tests of what is around them. */
export const CHANNELS: Readonly<Record<string, string>> = {
  MESSENGER_APP_ID: '1000000000001',
  MESSENGER_APP_SECRET: 'an app secret of the tests',
  MESSENGER_PAGE_ID: '2000000000002',
  MESSENGER_PAGE_TOKEN: 'a page token of the tests',
  MESSENGER_VERIFY_TOKEN: 'a verify token of the tests',
  MESSENGER_GRAPH_URL: 'http://127.0.0.1:9',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'an auth token of the tests',
  TWILIO_SMS_FROM: '+15145550199',
  TWILIO_WHATSAPP_FROM: '+15145550199',
  TWILIO_API_URL: 'http://127.0.0.1:9',
}
