/** Whether one letter is wrong, missing, too many, or two have changed places. */
export function isNear(typed: string, name: string): boolean {
  if (Math.abs(typed.length - name.length) > 1 || typed === name) return false
  let start = 0
  while (start < typed.length && typed[start] === name[start]) start += 1
  let end = 0
  while (end < Math.min(typed.length, name.length) - start && typed.at(-1 - end) === name.at(-1 - end)) end += 1
  const [a, b] = [typed.slice(start, typed.length - end), name.slice(start, name.length - end)]
  return (a.length <= 1 && b.length <= 1) || (a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0])
}
