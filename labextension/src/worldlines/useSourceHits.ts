import * as React from 'react';
import { ConnectionLost, KernelRefusal } from '../session/Correspondence.js';
import type { NotebookSession } from '../session/NotebookSession.js';

/** Checkpoints that are looked through at once: others are answered in between, and what is no longer wanted ends soon. */
const PAGE = 1000;

interface Found {
  readonly text: string;
  readonly lines: ReadonlyMap<string, string>;
  /** So many checkpoints were looked through; 0 until all were. */
  readonly searched: number;
}

const NOTHING: Found = { text: '', lines: new Map(), searched: 0 };

/**
 * The checkpoints whose source has the text, each with its first line that does; the newest come first. Cells that run meanwhile
 * are looked through by themselves.
 */
export function useSourceHits(session: NotebookSession, text: string): ReadonlyMap<string, string> {
  const [found, setFound] = React.useState(NOTHING);
  const last = React.useRef(found);
  const wanted = text.trim();
  const count = session.graph.newestFirst.length;
  const ready = session.link.status === 'ready';
  React.useEffect(() => {
    if (wanted === '' || !ready) return;
    let goesOn = true;
    const take = (next: Found) => {
      last.current = next;
      setFound(next);
    };
    const search = async () => {
      const before = last.current.text === wanted ? last.current : NOTHING;
      const lines = new Map(before.lines);
      for (let offset = 0; ; offset += PAGE) {
        const { hits, total } = await session.request('search', { text: wanted, offset, count: PAGE });
        if (!goesOn) return;
        for (const { checkpoint, line } of hits) lines.set(checkpoint, line);
        const isAll = offset + PAGE >= total - before.searched;
        if (hits.length > 0 || isAll)
          take({ text: wanted, lines: new Map(lines), searched: isAll ? total : 0 });
        if (isAll) return;
      }
    };
    search().catch((error: unknown) => {
      // It is searched anew when the kernel is back; one of before this request has titles alone.
      if (!(error instanceof ConnectionLost || error instanceof KernelRefusal)) throw error;
    });
    return () => {
      goesOn = false;
    };
  }, [session, wanted, count, ready]);
  return found.text === wanted ? found.lines : NOTHING.lines;
}
