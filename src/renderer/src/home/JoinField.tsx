import { ClipboardPaste, Link2 } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { TextField } from '../ui/TextField.tsx'
import css from './JoinField.module.css'
import { mayBecomeInvite, readField } from './read-field.ts'

export function JoinField({ onJoin }: { onJoin: (text: string) => void }) {
  const { t } = useTranslation()
  const { api } = useDesktop()
  const [text, setText] = useState('')
  const [judged, setJudged] = useState(false)
  const [hint, setHint] = useState<string | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const reading = readField(text)
  const wrong = reading.state === 'problem' && (judged || !mayBecomeInvite(text))

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setJudged(true)
    if (reading.state === 'ok') onJoin(text.trim())
    else form.current?.querySelector('input')?.focus()
  }
  const paste = async () => {
    form.current?.querySelector('input')?.focus()
    const copied = await api.app.copiedInvite()
    if (copied.ok && copied.value.text) {
      setText(copied.value.text)
      setHint(null)
      setJudged(true)
    } else {
      setHint(t('home.nothingToPaste'))
    }
  }
  const confirmation =
    reading.state !== 'ok'
      ? hint
      : reading.invite.kind === 'code'
        ? t('home.fieldOkCode')
        : t('home.fieldOkLink', { code: reading.invite.invite.code })

  return (
    <form ref={form} className={css.form} onSubmit={submit} noValidate>
      <TextField
        large
        label={t('home.fieldLabel')}
        hideLabel
        icon={<Link2 size={18} />}
        placeholder={t('home.fieldPlaceholder')}
        value={text}
        onChange={event => {
          setText(event.target.value)
          setJudged(false)
          setHint(null)
        }}
        onBlur={() => setJudged(text.trim() !== '')}
        problem={wrong ? t('home.fieldProblem') : null}
        hint={confirmation}
        trailing={
          <>
            <IconButton label={t('home.paste')} icon={<ClipboardPaste size={18} />} onClick={() => void paste()} />
            <Button
              type="submit"
              look={reading.state === 'ok' ? 'primary' : 'secondary'}
              disabled={reading.state === 'empty'}
            >
              {t('home.join')}
            </Button>
          </>
        }
      />
    </form>
  )
}
