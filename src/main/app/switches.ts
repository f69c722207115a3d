import { app } from 'electron'

/** Before Electron is ready. The app talks to meetings, and to nobody else: Chromium's own errands are off. */
export function setSwitches(): void {
  for (const name of [
    'disable-background-networking',
    'disable-component-update',
    'disable-domain-reliability',
    'disable-sync',
    'disable-breakpad',
    'no-pings',
    'no-first-run',
  ]) {
    app.commandLine.appendSwitch(name)
  }
  // one switch holds all features, so whatever was given on the command line stays
  const disabled = app.commandLine.getSwitchValue('disable-features')
  const features = [
    'AutofillServerCommunication',
    'CertificateTransparencyComponentUpdater',
    'MediaRouter',
    'OptimizationHints',
  ]
  app.commandLine.appendSwitch('disable-features', [disabled, ...features].filter(Boolean).join(','))
  // other people's voices play although the person who joined has not clicked since
  app.commandLine.appendSwitch('autoplay-policy', 'no-user-gesture-required')
}
