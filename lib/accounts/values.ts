export const languages = ["en", "de"] as const;
export const themes = ["system", "light", "dark"] as const;
