import {
  NodeSet,
  NodeType,
  Parser,
  parseMixed,
  Tree,
  type Input,
  type NodePropSource,
  type PartialParse,
  type TreeFragment,
} from '@lezer/common';
import { styleTags, tags } from '@lezer/highlight';
import { readMagicLines, type MagicToken } from './magicLines.js';

const NAMES: Readonly<Record<MagicToken, string>> = {
  comment: 'MagicComment',
  magic: 'MagicName',
  option: 'MagicOption',
  number: 'MagicNumber',
  value: 'MagicValue',
  name: 'MagicVariable',
  operator: 'MagicOperator',
};
const BODY = 'Body';

const STYLE = styleTags({
  MagicComment: tags.comment,
  MagicName: tags.meta,
  MagicOption: tags.attributeName,
  MagicNumber: tags.number,
  MagicValue: tags.string,
  MagicVariable: tags.definition(tags.variableName),
  MagicOperator: tags.operator,
});

/** A cell's magic lines by themselves, and what is below them in its own language: `--limit` is no comment of SQL's there. */
export class CellParser extends Parser {
  readonly #types: NodeSet;
  readonly #wrap;

  /** `body`: the parser of what is below the magics; null for text. `sources`: properties of the whole, such as its data. */
  constructor(body: Parser | null, ...sources: NodePropSource[]) {
    super();
    const names = ['Cell', BODY, ...Object.values(NAMES)];
    const types = names.map((name, id) => NodeType.define({ id, name, top: id === 0 }));
    this.#types = new NodeSet(types).extend(STYLE, ...sources);
    this.#wrap = parseMixed((node) => (body && node.name === BODY ? { parser: body } : null));
  }

  override createParse(
    input: Input,
    fragments: readonly TreeFragment[],
    ranges: readonly { from: number; to: number }[],
  ): PartialParse {
    return this.#wrap(new WholeParse(input, (text) => this.#treeOf(text)), input, fragments, ranges);
  }

  #treeOf(text: string): Tree {
    const { parts, bodyFrom } = readMagicLines(text);
    const tokens = parts.map(({ token, from, to }) => this.#leaf(NAMES[token], to - from));
    const positions = parts.map(({ from }) => from);
    if (bodyFrom < text.length) {
      tokens.push(this.#leaf(BODY, text.length - bodyFrom));
      positions.push(bodyFrom);
    }
    return new Tree(this.#typeOf('Cell'), tokens, positions, text.length);
  }

  #leaf(name: string, length: number): Tree {
    return new Tree(this.#typeOf(name), [], [], length);
  }

  #typeOf(name: string): NodeType {
    return this.#types.types.find((type) => type.name === name) ?? NodeType.none;
  }
}

/** The lines of a cell are few: they are read in one step. */
class WholeParse implements PartialParse {
  stoppedAt: number | null = null;
  parsedPos = 0;

  constructor(
    private readonly input: Input,
    private readonly read: (text: string) => Tree,
  ) {}

  advance(): Tree {
    this.parsedPos = this.stoppedAt ?? this.input.length;
    return this.read(this.input.read(0, this.parsedPos));
  }

  stopAt(pos: number): void {
    this.stoppedAt = pos;
  }
}
