import {
  WebrtcAnswer,
  WebrtcConnected,
  WebrtcDisconnected,
  WebrtcIceCandidate,
  WebrtcOffer,
} from '#contracts/events/signaling.ts'
import {
  SignalingConnectionManage,
  SignalingIceCandidate,
  SignalingWebrtcAnswer,
  SignalingWebrtcOffer,
} from '#contracts/tasks/signaling.ts'
import { defineTask, type Messaging } from '../shared/messaging/messaging.ts'
import type { SessionEnding } from './session-ending.ts'

/**
 * The durable half of signaling. A task may run on another node than the one that holds the client's socket, so what
 * is for the client becomes an event, which every node sees; see `event-subscriptions.ts`.
 */
export interface TaskDeps {
  messaging: Messaging
  ending: SessionEnding
}

export function handleTasks({ messaging, ending }: TaskDeps): void {
  messaging.handle(defineTask(SignalingWebrtcOffer, {}, offer => messaging.publish(WebrtcOffer, offer)))
  messaging.handle(defineTask(SignalingWebrtcAnswer, {}, answer => messaging.publish(WebrtcAnswer, answer)))
  messaging.handle(defineTask(SignalingIceCandidate, {}, candidate => messaging.publish(WebrtcIceCandidate, candidate)))
  messaging.handle(
    defineTask(SignalingConnectionManage, {}, async ({ change, ...peer }) => {
      switch (change) {
        case 'connected':
          return await messaging.publish(WebrtcConnected, peer)
        case 'disconnected':
          return await messaging.publish(WebrtcDisconnected, peer)
        case 'socket-lost':
          return await ending.windowOver(peer)
      }
    }),
  )
}
