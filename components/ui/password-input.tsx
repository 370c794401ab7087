"use client";
import { Eye, EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ComponentProps, useState } from "react";
import { IconButton } from "./icon-button.tsx";
import { Input } from "./input.tsx";

/** A password field whose text can be shown. Say which one by `autoComplete`, so that password managers help. */
export function PasswordInput({
  autoComplete,
  ...props
}: Omit<ComponentProps<typeof Input>, "type"> & {
  autoComplete: "current-password" | "new-password" | "off";
}) {
  const t = useTranslations("common");
  const [isShown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input
        {...props}
        type={isShown ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        className="pr-11"
      />
      <IconButton
        label={isShown ? t("hidePassword") : t("showPassword")}
        icon={isShown ? <EyeOff /> : <Eye />}
        size="sm"
        hasTooltip={false}
        onClick={() => setShown(!isShown)}
        className="absolute inset-y-0 right-1.5 my-auto"
      />
    </div>
  );
}
