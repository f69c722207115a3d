import type { ReactNode } from 'react'
import css from './Message.module.css'

export interface MessageProps {
  icon: ReactNode
  tone?: 'plain' | 'warning' | 'danger'
  title: string
  text: string
  /** Ways forward, the best first. */
  actions: ReactNode
  note?: ReactNode
}

/** A whole screen that says one thing. */
export function Message({ icon, tone = 'plain', title, text, actions, note }: MessageProps) {
  return (
    <main className={css.screen}>
      <div className={css.message}>
        <span className={css.icon} data-tone={tone} aria-hidden="true">
          {icon}
        </span>
        <div role={tone === 'plain' ? 'status' : 'alert'} className={css.words}>
          <h1 className={css.title}>{title}</h1>
          <p className={css.text}>{text}</p>
        </div>
        <div className={css.actions}>{actions}</div>
        {note ? <p className={css.note}>{note}</p> : null}
      </div>
    </main>
  )
}
