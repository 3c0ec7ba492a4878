export { appConfigurationSetting, type AppConfigurationSettingOptions } from './app-configuration-setting.ts'
export type { AppConfigurationLike, SettingInput, SettingLike } from './app-configuration-like.ts'
