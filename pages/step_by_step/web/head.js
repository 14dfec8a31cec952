// What the head of a bundle holds for the walk. The same names stand in pages/step_by_step/head.py; a test compares the two.

/**
 * @typedef {object} Walk
 * @property {string} method key of the run that is walked through
 * @property {string} title
 * @property {number} steps of that run
 * @property {Beat[]} beats
 * @property {string[]} slopes ∂f/∂x and ∂f/∂y as MathML, where they are short
 * @property {Record<string, number[]>} start every quantity at step 0, x and y
 * @property {{ side: number, first: number, count: number }} zoom the grids "zoom.f" round θ, of steps first + 1 … first + count
 * @property {Mark[]} marks
 * @property {[number, number][][]} flips of x and y: from which step to which the gradient changes its sign at every step
 * @property {{ file: string, lines: CodeLine[] }} code
 * @property {{ rho: number, s0: number, half_life: number, window: number } | null} memory
 * @property {Record<string, number>} hypers
 * @property {Record<string, { text: string, class: string }>} symbols
 * @property {Record<string, string>} words
 * @property {Beside} [beside]
 */

/**
 * @typedef {object} Beat
 * @property {string} kind
 * @property {string} title
 * @property {string} caption
 * @property {FormulaLine[]} lines
 * @property {string[]} because what follows from the definitions, as MathML
 * @property {number[]} code the lines of the listing that ran
 */

/**
 * A formula as MathML, in symbols, and in numbers for x and y; the browser puts the numbers in.
 * @typedef {object} FormulaLine
 * @property {string} q
 * @property {string} symbols
 * @property {string[]} numbers
 */

/**
 * @typedef {object} Mark
 * @property {number} t
 * @property {string} kind
 * @property {number} i
 * @property {string} title
 * @property {string} text
 */

/**
 * @typedef {object} CodeLine
 * @property {number} n
 * @property {string} text
 * @property {string[]} values the quantities that stand beside it
 * @property {boolean} folded
 * @property {boolean} folds the docstring begins under it
 */

/**
 * Another method's step from the same point, as if it began there: its columns are "here.…".
 * @typedef {object} Beside
 * @property {string} method
 * @property {string} note
 * @property {FormulaLine[]} lines
 * @property {Record<string, number>} hypers
 */

/**
 * What the quiz may ask at step t, and the verdict on the last answer.
 * @typedef {object} Quiz
 * @property {number} t
 * @property {string[][]} askable
 * @property {{ seq: number, t: number, i: number, q: string, right: boolean, text?: string } | null} verdict
 */

export {};
