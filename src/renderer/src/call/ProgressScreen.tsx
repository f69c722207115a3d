import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { useCallActions } from './call-context.tsx'
import { Message } from './Message.tsx'

/** While the services start here, or the host of an invite is looked for. */
export function ProgressScreen({ hosting }: { hosting: boolean }) {
  const { t } = useTranslation()
  const { goHome } = useCallActions()
  return (
    <Message
      icon={<Spinner size={34} />}
      title={t(hosting ? 'progress.hosting' : 'progress.finding')}
      text={t(hosting ? 'progress.hostingHint' : 'progress.findingHint')}
      actions={<Button onClick={() => void goHome()}>{t('common.cancel')}</Button>}
    />
  )
}
