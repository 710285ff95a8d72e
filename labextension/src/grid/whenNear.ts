/** How far out of sight is near. */
const MARGIN = '200px';

/** Weak: the cells of a notebook that closes are not all told that they go. */
const waiting = new WeakMap<Element, () => void>();
/** By it those that wait inside an element are found. */
const WAITING = 'wl-mod-waiting';
let observer: IntersectionObserver | null = null;

/** Calls once, when the element is in sight or near it. Returns what stops the waiting. */
export function whenNear(node: Element, onNear: () => void): () => void {
  observer ??= new IntersectionObserver(look, {
    rootMargin: MARGIN,
    scrollMargin: MARGIN,
  });
  waiting.set(node, onNear);
  node.classList.add(WAITING);
  observer.observe(node);
  return () => {
    forget(node);
  };
}

/** All that wait inside an element are near: whoever has brought it into sight need not wait for the browser to find that out. */
export function areNear(around: Element): void {
  for (const node of around.querySelectorAll(`.${WAITING}`)) call(node);
}

function look(entries: readonly IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) if (isIntersecting) call(target);
}

function call(node: Element): void {
  const onNear = waiting.get(node);
  forget(node);
  onNear?.();
}

function forget(node: Element): void {
  waiting.delete(node);
  node.classList.remove(WAITING);
  observer?.unobserve(node);
}
