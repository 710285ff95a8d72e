import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { CONTRACT_VERSION } from '../../../kernel/src/contract.js';
import type { NotebookSession } from '../session/NotebookSession.js';

interface Notice {
  readonly what: string;
  readonly fix: string;
  /** Nothing works until it is mended, so the fix is shown at once. */
  readonly urgent?: boolean;
}

/** What stands in the way, each with its fix: no connection, a kernel of another version, no key, no Docker. */
export function Notices({ session, trans }: { session: NotebookSession; trans: TranslationBundle }) {
  const notices: readonly Notice[] = [
    ...ofConnection(session, trans).map((each) => ({ ...each, urgent: true })),
    ...(session.graph.state?.problems ?? []),
  ];
  return <NoticeList notices={notices} />;
}

/** The kernel of this notebook is gone, and nothing can be asked of it. */
export function KernelGone({ trans }: { trans: TranslationBundle }) {
  const gone: Notice = {
    what: trans.__('This notebook has no kernel now'),
    fix: trans.__(
      'Its worldlines are kept: choose Kernel → Restart Kernel, and resume the one that you were in.',
    ),
    urgent: true,
  };
  return <NoticeList notices={[gone]} />;
}

function NoticeList({ notices }: { notices: readonly Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <div className="wl-Notices" role="status">
      {notices.map((notice) => (
        <details key={notice.what} className="wl-Notice" open={notice.urgent}>
          <summary>{notice.what}</summary>
          <span>{notice.fix}</span>
        </details>
      ))}
    </div>
  );
}

function ofConnection({ link, failure }: NotebookSession, trans: TranslationBundle): readonly Notice[] {
  if (failure !== null) {
    return [{ what: trans.__('The worldlines could not be read.'), fix: failure }];
  }
  switch (link.status) {
    case 'ready':
      return [];
    case 'connecting':
      return [
        { what: trans.__('Waiting for the kernel'), fix: trans.__('It answers as soon as it has started.') },
      ];
    case 'lost':
      return [
        {
          what: trans.__('No connection to the kernel'),
          fix: trans.__('It comes back by itself after a restart; if not, choose Kernel → Restart Kernel.'),
        },
      ];
    case 'incompatible':
      return [
        {
          what: trans.__('The kernel is of another version than this extension'),
          fix: trans.__(
            'It speaks version %1, this extension version %2. Run the installer again, reload this page and restart the kernel.',
            link.hello?.contract ?? '?',
            CONTRACT_VERSION,
          ),
        },
      ];
  }
}
