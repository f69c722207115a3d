/** Close codes of the socket (RFC 6455, section 7.4.1, and the IANA registry); the close reason is an `ErrorCode`. */
export const CloseCode = {
  /** The session is over: left, replaced, removed. */
  normal: 1000,
  /** The services stop. */
  goingAway: 1001,
  /** Idle, flooding, or not speaking the protocol. */
  policy: 1008,
  /** The client reads too slowly; it may come back and resume. */
  tryAgainLater: 1013,
} as const
