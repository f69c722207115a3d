import type { Settings } from '#contracts/ipc/settings.ts'

/** What the system shows for us, outside of the page and its own table of words. */
const en = {
  cannotStart: 'Parley cannot start',
  logHasDetails: (path: string) => `The log has the details: ${path}`,
  crashedAgain: 'Parley’s window stopped working, twice.',
  meetingGoesOn: 'Your meeting goes on without you until you join again.',
  tryAgain: 'Try again',
  quit: 'Quit',
  windowMenu: 'Window',
}
export type NativeText = typeof en

const zhCn: NativeText = {
  cannotStart: 'Parley 无法启动',
  logHasDetails: path => `详情见日志：${path}`,
  crashedAgain: 'Parley 的窗口连续两次停止工作。',
  meetingGoesOn: '在你重新加入之前，会议会继续进行。',
  tryAgain: '重试',
  quit: '退出',
  windowMenu: '窗口',
}

/** @param systemLocale BCP 47; every Chinese locale gets the Chinese that we have, as in the page */
export function nativeText(language: Settings['language'], systemLocale: string): NativeText {
  const wanted = language === 'system' ? systemLocale : language
  return /^zh\b/i.test(wanted) ? zhCn : en
}
