/** One title and one sentence for every way that a meeting can fail to happen. */
export const enFailures = {
  'invite-invalid': {
    title: 'This invite does not work',
    text: 'It is neither a meeting code nor a Parley link, or a part of it is missing. Ask the host to send it again.',
  },
  'meeting-unknown': {
    title: 'No meeting has this code',
    text: 'Check it for a typing error, or ask the host for the link: it says where the meeting is, too.',
  },
  'meeting-ended': {
    title: 'This meeting has ended',
    text: 'Nobody can join it any more. Ask the host for a new link, or start a meeting yourself.',
  },
  'meeting-full': {
    title: 'This meeting is full',
    text: 'There is no free seat at the moment. Try again when someone has left.',
  },
  'server-unreachable': {
    title: 'The host cannot be reached',
    text: 'The host’s app may be closed, or you are not on the same network. Check both, then try again.',
  },
  'server-untrusted': {
    title: 'This is not the host you were invited by',
    text: 'Something answered at that address, but it could not prove to be the host of this invite, so Parley did not connect. Nothing was sent. Ask the host for a fresh link.',
  },
  'connection-lost': {
    title: 'The connection was lost',
    text: 'Parley tried to reconnect for a while without success. Check your network and try again.',
  },
  'already-joined': {
    title: 'You already are in this meeting',
    text: 'This seat is taken by another window or device of yours. Leave there first, or try again here.',
  },
  'session-replaced': {
    title: 'You joined from another place',
    text: 'The meeting goes on there, so it was closed here. You can take it back to this window.',
  },
  'token-expired': {
    title: 'That took a little too long',
    text: 'Your admission to the meeting has expired. Try again to get a new one.',
  },
  forbidden: {
    title: 'You may not do that here',
    text: 'Only the host of the meeting can. Ask the host, or start a meeting yourself.',
  },
  'services-failed': {
    title: 'The meeting could not be started here',
    text: 'Parley’s services on this machine did not start. Try again; if it goes on, restart the app.',
  },
  'media-unavailable': {
    title: 'Sound and video are not available',
    text: 'The meeting is there, but the machine that hosts it cannot carry sound and video now. Try again in a moment.',
  },
  'media-rejected': {
    title: 'Sound and video did not fit',
    text: 'The host’s app could not use what this one sends. Make sure that both have the same version, then try again.',
  },
  timeout: {
    title: 'The host took too long to answer',
    text: 'The network or the host’s machine may be busy. Try again in a moment.',
  },
  'rate-limited': {
    title: 'One moment, please',
    text: 'There were too many attempts in a short time. Wait a little, then try again.',
  },
  unavailable: {
    title: 'The host is busy',
    text: 'Its machine has too much to do at the moment. Try again in a moment.',
  },
  'version-unsupported': {
    title: 'The apps do not understand each other',
    text: 'You and the host have different versions of Parley. Update the older one, then try again.',
  },
  'storage-failed': {
    title: 'The meeting could not be stored',
    text: 'The disk of the hosting machine may be full or protected. Make some room, then try again.',
  },
  internal: {
    title: 'Something went wrong',
    text: 'This is Parley’s fault, not yours. Try again; the log has the details.',
  },
} as const
