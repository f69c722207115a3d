import { createContext, type ReactNode, useContext, useState } from 'react'
import { createStore, type StoreApi, useStore } from 'zustand'
import css from './toasts.module.css'

const SHOWN_MS = 4_000
const AT_ONCE = 3

export interface Toast {
  id: string
  text: string
  icon?: ReactNode
}

type ToastStore = StoreApi<readonly Toast[]>
const ToastContext = createContext<ToastStore | null>(null)

export function ToastProvider({ children }: { children: ReactNode }) {
  const [store] = useState(() => createStore<readonly Toast[]>(() => []))
  return (
    <ToastContext value={store}>
      {children}
      <Toasts store={store} />
    </ToastContext>
  )
}

/** @returns shows a short message for a few seconds, or until what it returns is called; screen readers say it when they are free */
export function useToast(): (text: string, icon?: ReactNode) => () => void {
  const store = useContext(ToastContext)
  if (!store) throw new Error('useToast needs a ToastProvider above it')
  return (text, icon) => {
    const toast = { id: crypto.randomUUID(), text, icon }
    store.setState(toasts => [...toasts, toast].slice(-AT_ONCE), true)
    const dismiss = () => store.setState(toasts => toasts.filter(({ id }) => id !== toast.id), true)
    setTimeout(dismiss, SHOWN_MS)
    return dismiss
  }
}

function Toasts({ store }: { store: ToastStore }) {
  const toasts = useStore(store)
  return (
    <div className={css.toasts} role="status" aria-live="polite">
      {toasts.map(({ id, text, icon }) => (
        <p key={id} className={css.toast}>
          {icon}
          <span className={css.text}>{text}</span>
        </p>
      ))}
    </div>
  )
}
