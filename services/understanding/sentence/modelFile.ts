import type { Model } from './classifier.ts'

/** What a kept model says of itself, in the first line of its file. */
export interface ModelHeader {
  labels: string[]
  bits: number
  bias: number[]
  /** What a weight of 127 stands for, by label. */
  scales: number[]
  /** What a rarity of 255 stands for. */
  rarest: number
  places: number
  /** Of the sentences that it was made from: when they change, so must the model. */
  trainedOn: string
  /** The probability from which danger is believed; chosen where hardly a danger is missed. */
  dangerFrom: number
}

/**
 * A model as bytes: a line of JSON, then for each place that has something to say its number (4 bytes),
 * its rarity (1) and its weights (1 each). A weight loses what no decision turns on.
 */
export function packModel(
  { labels, bits, rarity, weights, bias }: Model,
  made: Pick<ModelHeader, 'trainedOn' | 'dangerFrom'>,
): Buffer {
  const k = labels.length
  const scales = labels.map((_, label) => {
    let most = 1e-6
    for (let at = label; at < weights.length; at += k) most = Math.max(most, Math.abs(weights[at] ?? 0))
    return most
  })
  const rarest = rarity.reduce((most, one) => Math.max(most, one), 1e-6)
  const used = [...rarity.keys()].filter((place) => (rarity[place] ?? 0) > 0)
  const header: ModelHeader = {
    labels: [...labels],
    bits,
    bias: [...bias],
    scales,
    rarest,
    places: used.length,
    ...made,
  }
  const body = Buffer.alloc(used.length * (5 + k))
  used.forEach((place, row) => {
    const at = row * (5 + k)
    body.writeUInt32LE(place, at)
    body.writeUInt8(Math.max(1, Math.round(((rarity[place] ?? 0) / rarest) * 255)), at + 4)
    for (let label = 0; label < k; label += 1)
      body.writeInt8(Math.round(((weights[place * k + label] ?? 0) / (scales[label] ?? 1)) * 127), at + 5 + label)
  })
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body])
}

/** The model of bytes that `packModel` made. Throws when they are cut short. */
export function unpackModel(bytes: Buffer): { model: Model; header: ModelHeader } {
  const end = bytes.indexOf(10)
  const header = JSON.parse(bytes.subarray(0, end).toString()) as ModelHeader
  const k = header.labels.length
  const body = bytes.subarray(end + 1)
  if (body.length !== header.places * (5 + k)) throw new Error('the model of sentences is cut short')
  const rarity = new Float32Array(2 ** header.bits)
  const weights = new Float32Array(2 ** header.bits * k)
  for (let at = 0; at < body.length; at += 5 + k) {
    const place = body.readUInt32LE(at)
    rarity[place] = (body.readUInt8(at + 4) / 255) * header.rarest
    for (let label = 0; label < k; label += 1)
      weights[place * k + label] = (body.readInt8(at + 5 + label) / 127) * (header.scales[label] ?? 1)
  }
  return {
    model: { labels: header.labels, bits: header.bits, rarity, weights, bias: Float32Array.from(header.bias) },
    header,
  }
}
