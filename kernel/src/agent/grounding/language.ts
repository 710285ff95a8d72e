/** Languages that answers are read in, and that what is said of their figures is written in. */
export type Language = 'en' | 'de' | 'fr';

/** Frequent words of each that are none of the others. */
const WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: words('the of and is are were it to for with from this that by which how what has have no there most'),
  de: words(
    'der die das den dem und ist sind wurde wurden ein eine einen nicht mit von für auf bei nach zu im am wie viele welche welcher welches zeige hat haben keine es gibt',
  ),
  fr: words(
    'le la les et est sont une un dans pour sur avec par du aux ne pas que qui quel quelle combien il ce',
  ),
};

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** The language of the first of these texts that has words of one more than of the others; English where none has. */
export function languageOf(...texts: readonly string[]): Language {
  for (const text of texts) {
    const prose = text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`|https?:\/\/\S+/g, ' ').toLowerCase();
    const found = prose.match(/\p{L}+/gu) ?? [];
    const [most, next] = (Object.keys(WORDS) as Language[])
      .map((language) => ({ language, count: found.filter((word) => WORDS[language].has(word)).length }))
      .sort((one, other) => other.count - one.count);
    if (most !== undefined && most.count > (next?.count ?? 0)) return most.language;
  }
  return 'en';
}
