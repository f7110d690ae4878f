declare const proven: unique symbol

/**
 * What a signature has proven to come from the provider. A handler of a webhook can only be given this; it is made
 * by the `verify` of a channel, and by nothing else.
 */
export type Verified<T> = T & { readonly [proven]: true }

/** For the `verify` of a channel alone, once it has. */
export const verified = <T>(value: T): Verified<T> => value as Verified<T>
