/** The key in the browser's storage under which a person's choice of theme is kept. */
export const themeKey = "sheaf-theme";

/** As next-themes does, for pages that do without it: the theme that was chosen, else the system's. */
const script = `try{var t=localStorage.getItem("${themeKey}"),d=t==="dark"||t!=="light"&&matchMedia("(prefers-color-scheme: dark)").matches,e=document.documentElement;e.classList.toggle("dark",d);e.style.colorScheme=d?"dark":"light"}catch(e){}`;

/** Sets the theme before anything is painted. */
export function ThemeScript({ nonce }: { nonce: string | undefined }) {
  // browsers hide the nonce from the document once they have read it
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: script }} />;
}
