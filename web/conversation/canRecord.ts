/** What browsers write, the smallest first. */
export const VOICE_TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']

/** Whether this browser can record at all. */
export const canRecord = (): boolean =>
  'MediaRecorder' in globalThis &&
  'mediaDevices' in navigator &&
  VOICE_TYPES.some((type) => MediaRecorder.isTypeSupported(type))
