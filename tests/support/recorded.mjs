/** Characters of a text that are kept: rules are about its kind, not about its length. */
const KEPT = 200;
const shortened = (_name, value) =>
  typeof value === 'string' && value.length > KEPT ? value.slice(0, KEPT) : value;

/**
 * A message as a line that `tests/trust/messages.py` reads.
 * @param {{ header: { msg_id: string, msg_type: string }, parent: object, metadata: object, content: object }} message
 * @returns {string}
 */
export function recorded({ header, parent, metadata, content }) {
  const { msg_id, msg_type } = header;
  return `${JSON.stringify({ msg_id, msg_type, header, parent_header: parent, metadata, content }, shortened)}\n`;
}
