import { type InviteText, parseInvite } from '#contracts/invite.ts'

export type FieldReading = { state: 'empty' } | { state: 'problem' } | { state: 'ok'; invite: InviteText }

/** What the join field holds, judged while a person types. */
export function readField(text: string): FieldReading {
  if (!text.trim()) return { state: 'empty' }
  try {
    return { state: 'ok', invite: parseInvite(text) }
  } catch {
    return { state: 'problem' }
  }
}

/** Whether the text may still become a code or a link, so that a person who types is not told off too early. */
export function mayBecomeInvite(text: string): boolean {
  const typed = text.trim().toLowerCase()
  if ('parley://join/'.startsWith(typed.slice(0, 14))) return true
  return /^[a-z\s-]*$/.test(typed) && typed.replace(/[\s-]/g, '').length < 10
}
