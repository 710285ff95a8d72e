import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const SOURCES = join(import.meta.dirname, '../../labextension/src');
const SHOWN = /^(title|label|caption|placeholder|alt|aria-label|tooltip|body)$/;
const LETTERS = /\p{L}{2}/u;
/** SQL is the same in all languages. */
const SQL = 'NULL';

/** Words that would be shown as they stand in the source: text between tags, and what a person reads of properties. */
function bareWords(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const note = (node: ts.Node, words: string) => {
    if (LETTERS.test(words) && words.trim() !== SQL)
      found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${words.trim()}`);
  };
  const visit = (node: ts.Node) => {
    if (ts.isJsxText(node)) note(node, node.text);
    else if (
      (ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) &&
      SHOWN.test(node.name.getText()) &&
      node.initializer !== undefined
    )
      noteLiterals(node.initializer, note);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A literal, or one in braces or behind a condition; what is passed to a call is that function's to show. */
function noteLiterals(node: ts.Node, note: (node: ts.Node, words: string) => void): void {
  if (ts.isStringLiteralLike(node)) note(node, node.text);
  else if (ts.isTemplateExpression(node))
    note(node, node.head.text + node.templateSpans.map((span) => span.literal.text).join(''));
  else if (ts.isJsxExpression(node) || ts.isConditionalExpression(node) || ts.isBinaryExpression(node))
    ts.forEachChild(node, (child) => {
      noteLiterals(child, note);
    });
}

test('every word that the extension shows goes through the translator', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'));
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap((file) => bareWords(file, readFileSync(join(SOURCES, file), 'utf8')))).toEqual([]);
});

test('the settings are translated with the same words: else JupyterLab looks for them among its own', () => {
  const schema = JSON.parse(readFileSync(join(SOURCES, '../schema/plugin.json'), 'utf8')) as {
    'jupyter.lab.internationalization': { domain: string };
  };
  const { domain } = schema['jupyter.lab.internationalization'];
  expect(readFileSync(join(SOURCES, 'plugins/services.ts'), 'utf8')).toContain(`.load('${domain}')`);
});

test('bare words are found between tags, in attributes and in properties', () => {
  const source = `const a = <p title="Words" alt={b ? 'More words' : ''}>Text {trans.__('fine')}</p>;
    const c = { label: 'A label', caption: trans.__('fine'), id: 'none' };`;
  expect(bareWords('a.tsx', source)).toEqual([
    'a.tsx:1 Words',
    'a.tsx:1 More words',
    'a.tsx:1 Text',
    'a.tsx:2 A label',
  ]);
});
