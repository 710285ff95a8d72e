import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

/** Fills the element with highlighted code; plain text stands there until the language has loaded. */
export function useStaticHighlight(
  languages: IEditorLanguageRegistry,
  code: string,
  mime: string,
): React.RefObject<HTMLPreElement> {
  const ref = React.useRef<HTMLPreElement>(null);
  React.useEffect(() => {
    const host = ref.current;
    if (!host) return;
    host.textContent = code;
    let wanted = true;
    void languages.getLanguage(mime).then(async (language) => {
      if (!wanted || !language) return;
      const highlighted = document.createElement('div');
      await languages.highlight(code, language, highlighted);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the cleanup while this waited
      if (wanted) host.replaceChildren(highlighted);
    });
    return () => {
      wanted = false;
    };
  }, [languages, code, mime]);
  return ref;
}
