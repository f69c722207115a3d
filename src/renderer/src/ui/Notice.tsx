import type { ReactNode } from 'react'
import css from './Notice.module.css'

export interface NoticeProps {
  icon: ReactNode
  title: string
  actions?: ReactNode
  children?: ReactNode
}

/** Something a person should know, with what can be done about it. */
export function Notice({ icon, title, actions, children }: NoticeProps) {
  return (
    <div className={css.notice} role="status">
      <span className={css.icon}>{icon}</span>
      <div className={css.words}>
        <p className={css.title}>{title}</p>
        {children ? <p>{children}</p> : null}
        {actions ? <div className={css.actions}>{actions}</div> : null}
      </div>
    </div>
  )
}
