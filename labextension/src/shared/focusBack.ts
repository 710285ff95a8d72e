import type { Menu } from '@lumino/widgets';

/** Once a menu that is about to open closes again, the focus goes back to where it was: by itself it would be lost. */
export function focusBack(menu: Menu): void {
  const before = document.activeElement;
  const back = () => {
    menu.aboutToClose.disconnect(back);
    if (before instanceof HTMLElement && menu.node.contains(document.activeElement)) before.focus();
  };
  menu.aboutToClose.connect(back);
  requestAnimationFrame(() => {
    if (!menu.isAttached) menu.aboutToClose.disconnect(back);
  });
}
