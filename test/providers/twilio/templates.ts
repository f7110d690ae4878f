/** A template's text with its variables (`{"1":"Ana"}`); undefined when they are not what it needs. */
export function renderTemplate(text: string, variables: string | null): string | undefined {
  const values = variablesOf(variables)
  if (values === undefined) return undefined
  const names = [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name)
  if (names.some((name) => !values.get(name))) return undefined
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_all, name: string) => values.get(name) ?? '')
}

function variablesOf(json: string | null): Map<string, string> | undefined {
  if (json === null) return new Map()
  try {
    const parsed: unknown = JSON.parse(json)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    return new Map(Object.entries(parsed).map(([name, value]) => [name, String(value ?? '')]))
  } catch {
    return undefined
  }
}
