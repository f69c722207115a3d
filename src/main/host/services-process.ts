/** One services process as the supervisor sees it. What goes over it is contracts/embedded.ts. */
export interface ServicesProcess {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Once. Also when it could not be started at all. */
  onExit(listener: (code: number | null) => void): void
  /** At once, without asking it. */
  kill(): void
}

export type ForkServices = () => ServicesProcess
