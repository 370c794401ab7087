"use client";
import {
  Bell,
  House,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  Plus,
  Settings,
  Sun,
  Trash2,
  Upload,
  UserRound,
  Users,
} from "lucide-react";
import { signOut } from "next-auth/react";
import { useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";

/** What the layer around the palette does. */
export interface LayerActions {
  keys: () => void;
  newCollection: () => void;
  upload: () => void;
}

export interface Command {
  key: string;
  label: string;
  icon: ReactNode;
  run: () => void;
  /** Opens something else: the focus does not go back. */
  keepsFocus?: true;
}

/** Where one can go, and what one can do, everywhere. Guests have neither collections of their own nor a workspace. */
export function useCommands(isMember: boolean, actions: LayerActions): Command[] {
  const t = useTranslations("search.commands");
  const router = useRouter();
  const { setTheme } = useTheme();
  const go = (path: string) => () => router.push(path);
  const all: (Command & { isForMembers?: true })[] = [
    { key: "home", label: t("home"), icon: <House />, run: go("/") },
    { key: "shared", label: t("shared"), icon: <Users />, run: go("/shared") },
    {
      key: "newCollection",
      label: t("newCollection"),
      icon: <Plus />,
      run: actions.newCollection,
      isForMembers: true,
    },
    { key: "upload", label: t("upload"), icon: <Upload />, run: actions.upload },
    { key: "notifications", label: t("notifications"), icon: <Bell />, run: go("/notifications") },
    { key: "trash", label: t("trash"), icon: <Trash2 />, run: go("/trash") },
    { key: "settings", label: t("settings"), icon: <Settings />, run: go("/settings") },
    {
      key: "people",
      label: t("people"),
      icon: <UserRound />,
      run: go("/settings/people"),
      isForMembers: true,
    },
    { key: "light", label: t("light"), icon: <Sun />, run: () => setTheme("light") },
    { key: "dark", label: t("dark"), icon: <Moon />, run: () => setTheme("dark") },
    { key: "system", label: t("system"), icon: <Monitor />, run: () => setTheme("system") },
    { key: "keys", label: t("keys"), icon: <Keyboard />, run: actions.keys },
    {
      ...{ key: "signOut", label: t("signOut"), icon: <LogOut /> },
      run: () => void signOut({ callbackUrl: "/sign-in" }),
    },
  ];
  return all.filter(({ isForMembers }) => isMember || !isForMembers);
}
