// What is on this page: its player and its dials, for each other and for what stands beside them.

export const stage = { player: null, dials: null };
