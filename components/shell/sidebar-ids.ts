export const sidebarCookie = "sheaf-sidebar";
export const openButtonId = "open-sidebar";
export const closeButtonId = "close-sidebar";
