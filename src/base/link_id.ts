/** Names one connection inside one node, from dialling or accepting to the end; never used twice. */
export type LinkId = number & { readonly __brand: "LinkId" };
