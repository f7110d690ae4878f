import type { ServerResponse } from 'node:http'
import { contentDisposition, PICTURES, type ReceivedFile } from '../services/files/index.ts'

/**
 * Answers with what somebody sent. It shares our origin, so nothing of it may run: only pictures are
 * shown, all else is downloaded, and both in a sandbox. `readers` says which pages may embed it.
 */
export function sendFile(
  response: ServerResponse,
  file: ReceivedFile,
  readers: 'same-origin' | 'cross-origin',
): 'answered' {
  const how = PICTURES.has(file.contentType) ? 'inline' : 'attachment'
  response.writeHead(200, {
    'content-type': file.contentType === 'text/plain' ? 'text/plain; charset=utf-8' : file.contentType,
    'content-length': file.bytes.length,
    'content-disposition': contentDisposition(how, file.name),
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': readers,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(file.bytes)
  return 'answered'
}
