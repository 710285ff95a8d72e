const SQL =
  /^\s*(?:--.*\n\s*)*(?:select\b[^]*\bfrom\b|from\s+\S+\s*(?:;?\s*$|\b(?:select|where|join|group|order|limit)\b)|with\s+\w+\s+as\s*\(|(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:temp\w*\s+)?(?:table|view|schema|macro)\b|insert\s+into\b|delete\s+from\b|update\s+\w+\s+set\b|(?:describe|summarize)\s+\S+\s*;?\s*$|show\s+(?:all\s+)?tables\b)/i;

const PYTHON =
  /^(?:import\s+[\w.]+(?:\s+as\s+\w+|,|\s*$)|from\s+[\w.]+\s+import\s|(?:def|class)\s+\w+.*:\s*$|(?:for|while|with|if)\s.*:\s*$|[\w.]+\(.*\)\s*$|[a-z_]\w*\s*=[^=])/im;

/** What a plain cell seems to be written in, where it was hardly meant as a question; null for words. */
export function languageOf(text: string): 'sql' | 'python' | null {
  if (SQL.test(text)) return 'sql';
  return PYTHON.test(text) ? 'python' : null;
}
