/** How far out of sight is near. */
const MARGIN = '200px';

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

function look(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    observer?.unobserve(target);
    waiting.get(target)?.();
    waiting.delete(target);
  }
}
