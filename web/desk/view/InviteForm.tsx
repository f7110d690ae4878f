import { useState } from 'preact/hooks'
import type { Role } from '../../../api/types.ts'
import { Button } from '../../ui/Button.tsx'
import { Field } from '../../ui/Field.tsx'
import { useScene } from './context.ts'
import { regionName } from './person.ts'
import { languageName } from './times.ts'

/** Codes of Québec's 17 administrative regions. */
const regions = Array.from({ length: 17 }, (_, i) => String(i + 1).padStart(2, '0'))

/** Opens an account for a colleague and makes their first sign-in link. */
export function InviteForm({ roles }: { roles: Role[] }) {
  const { desk, state, words, languages: spoken } = useScene()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('agent')
  const [languages, setLanguages] = useState<readonly string[]>(['fr'])
  const [region, setRegion] = useState('')

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    const invited = await desk.team.invite({
      name: name.trim(),
      role,
      languages: [...languages],
      region: region === '' ? null : region,
    })
    if (!invited) return
    setName('')
    setRole('agent')
    setLanguages(['fr'])
    setRegion('')
  }

  const toggle = (code: string): void =>
    setLanguages(languages.includes(code) ? languages.filter((l) => l !== code) : [...languages, code])

  return (
    <form class="invite" aria-labelledby="invite-title" onSubmit={(event) => void submit(event)}>
      <h3 id="invite-title">{words.say('invite.title')}</h3>
      <Field label={words.say('invite.name')}>
        {(control) => (
          <input
            {...control}
            class="input"
            required
            maxLength={80}
            autoComplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="two">
        <Field label={words.say('invite.role')}>
          {(control) => (
            <select
              {...control}
              class="input"
              value={role}
              onChange={(event) => {
                const chosen = roles.find((one) => one === event.currentTarget.value)
                if (chosen !== undefined) setRole(chosen)
              }}
            >
              {roles.map((one) => (
                <option key={one} value={one}>
                  {words.say(`role.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={words.say('invite.region')}>
          {(control) => (
            <select
              {...control}
              class="input"
              value={region}
              onChange={(event) => setRegion(event.currentTarget.value)}
            >
              <option value="">{words.say('invite.noRegion')}</option>
              {regions.map((code) => (
                <option key={code} value={code}>
                  {regionName(words, code)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <fieldset>
        <legend>{words.say('invite.languages')}</legend>
        <div class="checks">
          {spoken.map((code) => (
            <label key={code} class="check">
              <input type="checkbox" checked={languages.includes(code)} onChange={() => toggle(code)} />
              {languageName(words.language, code)}
            </label>
          ))}
        </div>
      </fieldset>
      <Button type="submit" kind="primary" disabled={state.busy || name.trim() === '' || languages.length === 0}>
        {words.say('invite.send')}
      </Button>
    </form>
  )
}
