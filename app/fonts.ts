import localFont from "next/font/local";

/*
 * The Latin cuts are preloaded with a metric-matched fallback, so text does not jump;
 * other scripts come from the same packages' style sheets when a page needs them.
 */
const inter = localFont({
  src: "../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  weight: "100 900",
  variable: "--font-inter",
  display: "swap",
});

const sourceSerif = localFont({
  src: "../node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  weight: "200 900",
  variable: "--font-source-serif",
  display: "swap",
  preload: false,
  adjustFontFallback: "Times New Roman",
});

/** Classes that define `--font-inter` and `--font-source-serif`. */
export const fontVariables = `${inter.variable} ${sourceSerif.variable}`;
