/** How far out of sight is near. */
const MARGIN = '200px';

/** Weak: the cells of a notebook that closes are not all told that they go. */
const waiting = new WeakMap<Element, () => void>();
let observer: IntersectionObserver | null = null;

/** Calls once, when the element is in sight or near it. Returns what stops the waiting. */
export function whenNear(node: Element, onNear: () => void): () => void {
  observer ??= new IntersectionObserver(look, {
    rootMargin: MARGIN,
    scrollMargin: MARGIN,
  });
  const watch = observer;
  waiting.set(node, onNear);
  watch.observe(node);
  return () => {
    waiting.delete(node);
    watch.unobserve(node);
  };
}

/** All that wait inside an element are near: whoever has brought it into sight need not wait for the browser to find that out. */
export function areNear(around: Element): void {
  for (const node of around.querySelectorAll('*')) if (waiting.has(node)) call(node);
}

function look(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) if (isIntersecting) call(target);
}

function call(node: Element): void {
  const onNear = waiting.get(node);
  waiting.delete(node);
  observer?.unobserve(node);
  onNear?.();
}
