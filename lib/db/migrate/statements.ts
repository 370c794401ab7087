/** One statement of a script, with the comments that stand before it. */
export interface Statement {
  /** Without the semicolon. */
  text: string;
  /** Where its first word stands, counted from 1. */
  line: number;
}

/** What a semicolon may stand in without ending a statement. */
const OPAQUE =
  /--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$)[^]*?\1|\bBEGIN\s+ATOMIC\b[^]*?\bEND\b(?=\s*;)|;/gi;
const COMMENT = /^(?:\s|--[^\n]*\n?|\/\*[^]*?\*\/)*/;

/** Splits a script into its statements. Bodies, quoted text and comments stay whole. */
export function splitStatements(script: string): Statement[] {
  const found: Statement[] = [];
  let from = 0;
  const take = (to: number) => {
    const text = script.slice(from, to);
    const lead = COMMENT.exec(text)![0].length;
    if (lead < text.length)
      found.push({ text: text.trim(), line: script.slice(0, from + lead).split("\n").length });
  };
  for (const match of script.matchAll(OPAQUE)) {
    if (match[0] !== ";") continue;
    take(match.index);
    from = match.index + 1;
  }
  take(script.length);
  return found;
}

/** The statement without the comments before it. */
export const withoutLead = (text: string): string => text.slice(COMMENT.exec(text)![0].length);
