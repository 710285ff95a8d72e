/** What a run met before its model was done. */
export type Limit =
  | { readonly kind: 'steps' | 'tokens' | 'usd' | 'seconds'; readonly most: number }
  | { readonly kind: 'output' };

/** `the limit of 20 steps`. */
export function limitText(limit: Limit): string {
  switch (limit.kind) {
    case 'steps':
      return `the limit of ${limit.most} ${limit.most === 1 ? 'step' : 'steps'}`;
    case 'tokens':
      return `the limit of ${limit.most} tokens`;
    case 'usd':
      return `the limit of $${limit.most}`;
    case 'seconds':
      return `the time limit of ${limit.most} s`;
    case 'output':
      return 'the output limit';
  }
}
