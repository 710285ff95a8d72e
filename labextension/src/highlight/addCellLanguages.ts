import { defineLanguageFacet, Language, languageDataProp, LanguageSupport } from '@codemirror/language';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MIMES, type CellLanguage } from './cellLanguage.js';
import { CellParser } from './CellParser.js';

/** What Lab has for the part of a cell below its magics. */
const BODIES: Readonly<Record<CellLanguage, string | null>> = {
  sql: 'text/x-sql',
  python: 'text/x-ipython',
  ask: 'text/x-ipythongfm',
  magic: null,
};

/** Registers the languages of cells with the editors, each loaded with the one of its body. */
export function addCellLanguages(languages: IEditorLanguageRegistry, trans: TranslationBundle): void {
  const names: Readonly<Record<CellLanguage, string>> = {
    sql: trans.__('Worldline: SQL cell'),
    python: trans.__('Worldline: Python cell'),
    ask: trans.__('Worldline: question'),
    magic: trans.__('Worldline: magics'),
  };
  for (const [language, mime] of Object.entries(MIMES) as [CellLanguage, string][]) {
    languages.addLanguage({
      name: `worldline-${language}`,
      displayName: names[language],
      mime,
      load: () => load(languages, BODIES[language]),
    });
  }
}

async function load(languages: IEditorLanguageRegistry, bodyMime: string | null): Promise<LanguageSupport> {
  const body = bodyMime === null ? null : ((await languages.getLanguage(bodyMime))?.support ?? null);
  const data = defineLanguageFacet({ commentTokens: { line: '#' } });
  const parser = new CellParser(body?.language.parser ?? null, languageDataProp.add({ Cell: data }));
  return new LanguageSupport(new Language(data, parser), body?.support ?? []);
}
