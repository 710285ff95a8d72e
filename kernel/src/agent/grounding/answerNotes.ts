import type { Language } from './language.js';
import { limitText, type Limit } from '../limit.js';

/** What the kernel writes beside an answer, in Markdown. */
interface AnswerNotes {
  readonly partial: (limit: Limit) => string;
  readonly noAnswer: string;
  /** `figures`: the answer has some. */
  readonly madeUp: (figures: boolean) => string;
  /** How many are marked. */
  readonly unchecked: (marked: number) => string;
  readonly noResult: (handles: readonly string[]) => string;
}

/** They stand in the answer, and so in its language. */
export const answerNotes: Readonly<Record<Language, AnswerNotes>> = {
  en: {
    partial: (limit) => `**Partial answer:** the run met ${limitText(limit)}.`,
    noAnswer: 'No answer was reached.',
    madeUp: (figures) =>
      `**Made up:** the queries behind this answer read no table${figures ? '; its figures come from nowhere' : ''}.`,
    unchecked: (marked) =>
      `**Unchecked:** ${marked === 1 ? 'the figure marked [?] is' : 'figures marked [?] are'} in no result of this answer.`,
    noResult: (handles) =>
      `**No result:** ${handles.join(', ')}, named as evidence, failed or ${handles.length === 1 ? 'is' : 'are'} no step.`,
  },
  de: {
    partial: (limit) => `**Teilantwort:** Der Lauf hat ${germanLimit(limit)} erreicht.`,
    noAnswer: 'Es kam zu keiner Antwort.',
    madeUp: (figures) =>
      `**Erfunden:** Die Abfragen hinter dieser Antwort lesen keine Tabelle${figures ? '; ihre Angaben kommen nirgendwo her' : ''}.`,
    unchecked: (marked) =>
      `**Ungeprüft:** ${marked === 1 ? 'Die mit [?] markierte Angabe steht' : 'Mit [?] markierte Angaben stehen'} in keinem Ergebnis dieser Antwort.`,
    noResult: (handles) =>
      `**Kein Ergebnis:** ${handles.join(', ')}, als Beleg genannt, ${handles.length === 1 ? 'ist fehlgeschlagen oder kein Schritt' : 'sind fehlgeschlagen oder keine Schritte'}.`,
  },
  fr: {
    partial: (limit) => `**Réponse partielle :** l’exécution a atteint ${frenchLimit(limit)}.`,
    noAnswer: 'Aucune réponse n’a été trouvée.',
    madeUp: (figures) =>
      `**Inventé :** les requêtes derrière cette réponse ne lisent aucune table${figures ? ' ; ses chiffres ne viennent de nulle part' : ''}.`,
    unchecked: (marked) =>
      `**Non vérifié :** ${marked === 1 ? 'le chiffre marqué [?] ne figure' : 'les chiffres marqués [?] ne figurent'} dans aucun résultat de cette réponse.`,
    noResult: (handles) =>
      `**Aucun résultat :** ${handles.join(', ')}, ${handles.length === 1 ? 'cité comme preuve, a échoué ou n’est pas une étape' : 'cités comme preuves, ont échoué ou ne sont pas des étapes'}.`,
  },
};

function germanLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'steps':
      return `die Grenze von ${limit.most} ${limit.most === 1 ? 'Schritt' : 'Schritten'}`;
    case 'tokens':
      return `die Grenze von ${limit.most} Token`;
    case 'usd':
      return `die Grenze von ${limit.most} $`;
    case 'seconds':
      return `die Zeitgrenze von ${limit.most} s`;
    case 'output':
      return 'die Grenze der Ausgabe';
  }
}

function frenchLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'steps':
      return `la limite de ${limit.most} ${limit.most === 1 ? 'étape' : 'étapes'}`;
    case 'tokens':
      return `la limite de ${limit.most} jetons`;
    case 'usd':
      return `la limite de ${limit.most} $`;
    case 'seconds':
      return `la limite de temps de ${limit.most} s`;
    case 'output':
      return 'la limite de sortie';
  }
}
