const settingsTabs = ["users", "groups", "guests", "audit", "danger"] as const;
export type SettingsTab = (typeof settingsTabs)[number];
export const isSettingsTab = (name: string | undefined): name is SettingsTab =>
  settingsTabs.some((tab) => tab === name);
