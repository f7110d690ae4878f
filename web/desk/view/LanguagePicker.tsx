import { nativeName } from '../../text.ts'
import { useScene } from './context.ts'

/** The page's languages, each by its own name. */
export function LanguagePicker() {
  const { words, languages, changeLanguage } = useScene()
  return (
    <fieldset class="languages" aria-label={words.say('language')}>
      {languages.map((language) => (
        <button
          type="button"
          key={language}
          lang={language}
          class="language"
          aria-pressed={language === words.language}
          onClick={() => changeLanguage(language)}
        >
          {nativeName(language)}
        </button>
      ))}
    </fieldset>
  )
}
