import type { ServerResponse } from 'node:http'
import { contentDisposition, type ReceivedFile } from '../services/files/index.ts'

/**
 * Answers with what somebody sent. It shares our origin, so nothing of it may run: it is downloaded, never
 * opened as a page, and in a sandbox where a browser opens it all the same. A page may still show a picture
 * (`<img>`); `readers` says which pages may.
 */
export function sendFile(
  response: ServerResponse,
  file: ReceivedFile,
  readers: 'same-origin' | 'cross-origin',
): 'answered' {
  response.writeHead(200, {
    'content-type': file.contentType === 'text/plain' ? 'text/plain; charset=utf-8' : file.contentType,
    'content-length': file.bytes.length,
    'content-disposition': contentDisposition(file.name),
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': readers,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(file.bytes)
  return 'answered'
}
