import { startChannelServer } from '../support/channelServer.ts'
import { execSync, spawnSync, spawn } from 'node:child_process'
describe('smoke', function () {
  this.timeout(30000)
  it('works', async () => {
    const s = await startChannelServer()
    const c = spawn('curl', ['-sv', '-X', 'POST', s.url + '/api/chat/tokens'], {stdio:'inherit'})
    await new Promise(r => c.on('exit', r))
    await s.stop()
  })
})
