import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { Dialog } from './Dialog.tsx'
import { TooltipProvider } from './Tooltip.tsx'

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

/** happy-dom leaves the focus where it is. As browsers do: a dialog gives it back, if it is still in the document. */
function giveFocusBack(): void {
  let before: Element | null = null
  const { showModal, close } = HTMLDialogElement.prototype
  vi.spyOn(HTMLDialogElement.prototype, 'showModal').mockImplementation(function (this: HTMLDialogElement) {
    before = document.activeElement
    showModal.call(this)
  })
  vi.spyOn(HTMLDialogElement.prototype, 'close').mockImplementation(function (this: HTMLDialogElement) {
    if (this.isConnected && before instanceof HTMLElement) before.focus()
    close.call(this)
  })
}

test('a dialog takes the focus, and when it is gone, it is back where it was', () => {
  giveFocusBack()
  const app = (open: boolean) => (
    <TooltipProvider>
      <button type="button">Settings</button>
      {open ? (
        <Dialog title="Settings" closeLabel="Close" onClose={() => {}}>
          Everything
        </Dialog>
      ) : null}
    </TooltipProvider>
  )
  const { rerender } = render(app(false))
  const button = screen.getByRole('button', { name: 'Settings' })
  button.focus()
  rerender(app(true))
  expect(document.activeElement).toBe(screen.getByRole('dialog'))
  rerender(app(false))
  expect(document.activeElement).toBe(button)
})
