/** Tags in which data stands in what the model reads. */
const TAGS = 'result|output|context|table|file|variable|cell|conversation|system|user|assistant|tool';
const LOOKALIKE = new RegExp(`<(?=\\s*/?\\s*(?:${TAGS})\\b)`, 'gi');

/** Text from data, made unable to close or open the tags that set data apart, and free of control characters. */
export function asData(text: string): string {
  return (
    text
      .replace(LOOKALIKE, '‹')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '�')
  );
}

/** A name from data on one line: of a column, a table or a file. */
export function asName(name: string): string {
  return cutText(asData(name).replace(/\s+/g, ' '), 120);
}

/** A value as text, in JSON's quoting where it has white space at its ends or a line break. */
export function asCell(value: string | null, length: number): string {
  if (value === null) return 'NULL';
  const text = asData(value);
  const plain = !/[\n\r\t|"]/.test(text) && text === text.trim() && text !== '' && text !== 'NULL';
  return cutText(plain ? text : JSON.stringify(text), length);
}

/** The beginning of a text, and how much more there is. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length)}…(+${text.length - length} characters)`;
}

/** The beginning and the end of a long text, and how much is left out between them. */
export function cutMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil(length * 0.6);
  const tail = length - head;
  return `${text.slice(0, head)}\n…(${text.length - length} characters left out)…\n${text.slice(-tail)}`;
}

/** SQL's quoting of a name. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** SQL's quoting of a text. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
