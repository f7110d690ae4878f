import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../content/places/', import.meta.url)

/** The rows of a file of `content/places`, without its heading. None of its values has a comma or a quotation mark in it. */
export const rowsOf = (name: string): string[][] =>
  readFileSync(new URL(name, FOLDER), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))

export const jsonOf = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
