import { useState } from 'preact/hooks'
import type { AgentView } from '../../../api/types.ts'
import { manages } from '../model/selectors.ts'
import { Button } from '../../ui/Button.tsx'
import { Confirm } from './Confirm.tsx'
import { useScene } from './context.ts'
import { InviteForm } from './InviteForm.tsx'
import { regionName } from './person.ts'
import { SignInLink } from './SignInLink.tsx'
import { languageName } from './times.ts'

/** Who works at the desk, who is here now, and how somebody is let in or out. */
export function TeamPane() {
  const { desk, state, words } = useScene()
  const [leaving, ask] = useState<AgentView | null>(null)
  const roles = manages(state)
  const { agents, invitation } = state
  return (
    <div class="team">
      <h2>{words.say('team.title')}</h2>
      {invitation !== null && <SignInLink key={invitation.link} invitation={invitation} />}
      {agents === null ? (
        <p class="quiet">{words.say('loading')}</p>
      ) : (
        <ul class="colleagues">
          {agents.map((agent) => (
            <Colleague
              key={agent.id}
              agent={agent}
              managed={roles.includes(agent.role)}
              deactivate={() => ask(agent)}
            />
          ))}
        </ul>
      )}
      {roles.length > 0 && <InviteForm roles={roles} />}
      {leaving !== null && (
        <Confirm
          title={words.say('team.deactivateTitle', { name: leaving.name })}
          text={words.say('team.deactivateText')}
          yes={words.say('team.deactivate')}
          confirmed={() => void desk.team.deactivate(leaving.id)}
          left={() => ask(null)}
        />
      )}
    </div>
  )
}

function Colleague(props: { agent: AgentView; managed: boolean; deactivate: () => void }) {
  const { desk, state, words } = useScene()
  const { agent } = props
  const me = state.session.status === 'signedIn' ? state.session.me.agent.id : null
  const presence = !agent.active ? 'inactive' : agent.present ? 'present' : 'absent'
  const languages = agent.languages.map((code) => languageName(words.language, code))
  return (
    <li class="colleague">
      <div>
        <p class="colleague-name">
          {agent.name} <span class={`tag presence-${presence}`}>{words.say(`team.${presence}`)}</span>
        </p>
        <p class="quiet">
          {[
            words.say(`role.${agent.role}`),
            new Intl.ListFormat(words.language).format(languages),
            agent.region === null ? '' : regionName(words, agent.region),
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </p>
      </div>
      {props.managed && agent.active && (
        <div class="buttons">
          <Button size="small" disabled={state.busy} onClick={() => void desk.team.link(agent.id)}>
            {words.say('team.link')}
            <span class="only-read"> {agent.name}</span>
          </Button>
          {agent.id !== me && (
            <Button size="small" disabled={state.busy} onClick={props.deactivate}>
              {words.say('team.deactivate')}
              <span class="only-read"> {agent.name}</span>
            </Button>
          )}
        </div>
      )}
    </li>
  )
}
