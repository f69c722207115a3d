import { z } from 'zod'
import type { ApiOf } from './definitions.ts'

/** What the app remembers on this machine. */
export const Settings = z.object({
  displayName: z.string().max(60).default(''),
  language: z.enum(['system', 'en', 'zh-CN']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Device ids as `enumerateDevices` gives them; null is the system's default. */
  microphoneId: z.string().max(256).nullable().default(null),
  cameraId: z.string().max(256).nullable().default(null),
  speakerId: z.string().max(256).nullable().default(null),
  joinMuted: z.boolean().default(false),
  joinWithCamera: z.boolean().default(true),
  /** 720p with three simulcast layers, or 360p with two for weak machines and networks. */
  videoQuality: z.enum(['standard', 'economy']).default('standard'),
})
export type Settings = z.infer<typeof Settings>

/** The defaults are for reading a stored file; a patch must not bring them back. */
export const SettingsPatch = z
  .object(
    Object.fromEntries(Object.entries(Settings.shape).map(([key, schema]) => [key, schema.unwrap().optional()])) as {
      [K in keyof typeof Settings.shape]: z.ZodOptional<ReturnType<(typeof Settings.shape)[K]['unwrap']>>
    },
  )
  .strict()
export type SettingsPatch = z.infer<typeof SettingsPatch>

export const settingsCalls = {
  read: { request: z.void(), reply: Settings },
  update: { request: SettingsPatch, reply: Settings },
}
export type SettingsApi = ApiOf<typeof settingsCalls>
