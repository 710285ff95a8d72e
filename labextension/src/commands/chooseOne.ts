import { InputDialog } from '@jupyterlab/apputils';

/** What a person chooses of some; null where nobody answers. Throws an Error that says so where there is nothing to choose. */
export async function chooseOne(
  title: string,
  items: readonly string[],
  none: string,
): Promise<string | null> {
  if (items.length === 0) throw new Error(none);
  const { value, button } = await InputDialog.getItem({ title, items: [...items] });
  return button.accept ? value : null;
}
