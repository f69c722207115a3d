import type { enFailures } from './en-failures.ts'
import type { Translated } from './translated.ts'

export const zhCnFailures: Translated<typeof enFailures> = {
  'invite-invalid': {
    title: '这个邀请无法使用',
    text: '它不是会议号，也不是 Parley 链接，或者内容不完整。请让主持人重新发送。',
  },
  'meeting-unknown': {
    title: '没有找到这个会议',
    text: '请检查会议号是否输错，或向主持人索取邀请链接：链接里还包含会议所在的位置。',
  },
  'meeting-ended': { title: '会议已结束', text: '这个会议无法再加入。请向主持人索取新链接，或自己发起会议。' },
  'meeting-full': { title: '会议人数已满', text: '目前没有空位。等有人离开后再试。' },
  'server-unreachable': {
    title: '无法连接到主持人',
    text: '主持人的应用可能已关闭，或者你们不在同一个网络中。请检查后重试。',
  },
  'server-untrusted': {
    title: '对方不是邀请你的主持人',
    text: '该地址有设备应答，但无法证明它就是发出邀请的主持人，因此 Parley 没有连接，也没有发送任何内容。请向主持人索取新链接。',
  },
  'connection-lost': { title: '连接已断开', text: 'Parley 多次尝试重新连接，但没有成功。请检查网络后重试。' },
  'already-joined': {
    title: '你已经在这个会议中',
    text: '你的席位正被另一个窗口或设备使用。请先在那里离开，或在这里重试。',
  },
  'session-replaced': { title: '你在别处加入了会议', text: '会议在那边继续，所以这里已关闭。你可以重新回到这个窗口。' },
  'token-expired': { title: '等待时间过长', text: '你的入会许可已过期。请重试以获取新的许可。' },
  forbidden: { title: '你没有权限执行此操作', text: '只有会议主持人可以这样做。请联系主持人，或自己发起会议。' },
  'services-failed': {
    title: '无法在本机发起会议',
    text: '本机上的 Parley 服务没有启动。请重试；如果仍然不行，请重新打开应用。',
  },
  'media-unavailable': { title: '音视频暂不可用', text: '会议存在，但主持会议的电脑目前无法传输音视频。请稍后再试。' },
  'media-rejected': { title: '音视频不兼容', text: '主持人的应用无法使用这里发送的音视频。请确认双方版本一致后重试。' },
  timeout: { title: '主持人响应超时', text: '网络或主持人的电脑可能正忙。请稍后再试。' },
  'rate-limited': { title: '请稍等片刻', text: '短时间内尝试次数过多。请等一会儿再试。' },
  unavailable: { title: '主持人的电脑正忙', text: '它目前任务过多。请稍后再试。' },
  'version-unsupported': {
    title: '双方的应用版本不兼容',
    text: '你和主持人使用的 Parley 版本不同。请更新较旧的一方后重试。',
  },
  'storage-failed': { title: '无法保存会议', text: '主持会议的电脑磁盘可能已满或受保护。请腾出空间后重试。' },
  internal: { title: '出了点问题', text: '这是 Parley 的问题，不是你的。请重试；日志中有详细信息。' },
}
