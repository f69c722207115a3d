import { TriangleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { SettingsPatch } from '#contracts/ipc/settings.ts'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { useLocalMediaActions } from '../media/local-media-context.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Logo } from '../ui/Logo.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { Select } from '../ui/Select.tsx'
import { Switch } from '../ui/Switch.tsx'
import { TextField } from '../ui/TextField.tsx'
import { useToast } from '../ui/toasts.tsx'
import { DeviceSettings } from './DeviceSettings.tsx'
import css from './SettingsDialog.module.css'
import { useSettings, useUpdateSettings } from './settings-context.tsx'

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { version } = useDesktop().info
  const settings = useSettings(all => all)
  const save = useSave()
  const { setVideoQuality } = useLocalMediaActions()
  return (
    <Dialog title={t('settings.title')} closeLabel={t('common.close')} onClose={onClose}>
      <Section title={t('settings.you')}>
        <TextField
          label={t('settings.name')}
          placeholder={t('lobby.namePlaceholder')}
          maxLength={60}
          value={settings.displayName}
          onChange={event => save({ displayName: event.target.value })}
        />
      </Section>
      <Section title={t('settings.look')}>
        <Segmented
          label={t('settings.theme')}
          value={settings.theme}
          options={[
            { value: 'system', label: t('settings.themeSystem') },
            { value: 'light', label: t('settings.themeLight') },
            { value: 'dark', label: t('settings.themeDark') },
          ]}
          onChange={theme => save({ theme })}
        />
        <Select
          label={t('settings.language')}
          value={settings.language}
          options={[
            { value: 'system', label: t('settings.languageSystem') },
            // a language is called what its speakers call it
            { value: 'en', label: 'English' },
            { value: 'zh-CN', label: '简体中文' },
          ]}
          onChange={language => save({ language: language === 'en' || language === 'zh-CN' ? language : 'system' })}
        />
      </Section>
      <Section title={t('settings.devices')}>
        <DeviceSettings />
        <Segmented
          label={t('settings.quality')}
          value={settings.videoQuality}
          options={[
            { value: 'standard', label: t('settings.qualityStandard') },
            { value: 'economy', label: t('settings.qualityEconomy') },
          ]}
          onChange={videoQuality => {
            save({ videoQuality })
            void setVideoQuality(videoQuality)
          }}
        />
        <p className={css.hint}>{t('settings.qualityHint')}</p>
      </Section>
      <Section title={t('settings.joining')}>
        <Switch
          label={t('settings.joinMuted')}
          checked={settings.joinMuted}
          onChange={joinMuted => save({ joinMuted })}
        />
        <Switch
          label={t('settings.joinWithCamera')}
          checked={settings.joinWithCamera}
          onChange={joinWithCamera => save({ joinWithCamera })}
        />
      </Section>
      <Section title={t('settings.about')}>
        <div className={css.about}>
          <Logo size={36} />
          <div>
            <p className={css.product}>
              {t('common.appName')} <span className={css.version}>{t('settings.version', { version })}</span>
            </p>
            <p className={css.hint}>{t('settings.licence')}</p>
          </div>
        </div>
      </Section>
    </Dialog>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={css.section} aria-labelledby={id}>
      <h3 id={id} className={css.heading}>
        {title}
      </h3>
      {children}
    </section>
  )
}

function useSave(): (patch: SettingsPatch) => void {
  const { t } = useTranslation()
  const update = useUpdateSettings()
  const toast = useToast()
  return patch =>
    void update(patch).then(saved => {
      if (!saved) toast(t('settings.notSaved'), <TriangleAlert size={16} />)
    })
}
