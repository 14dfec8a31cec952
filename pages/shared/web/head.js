// What the head of a bundle holds. The same names stand in pages/shared/wire/head.py; a test compares the two.

/**
 * @typedef {object} Head
 * @property {[string, "f8" | "f4" | "u1", number][]} columns name, type and length of each
 * @property {string} run what is to be seen: two bundles with the same name paint the same picture
 * @property {number} steps the last moment of the clock
 * @property {number} t where a cue puts the clock
 * @property {string} surface_key tells the surface from every other one
 * @property {string[]} variables
 * @property {Run[]} runs
 * @property {Chart[]} charts the loss, then those that take turns beside it
 * @property {string} verdict
 * @property {Surface | null} surface travels when the browser does not have it yet
 * @property {Words} [words] travel with the surface
 * @property {string} [note]
 * @property {boolean} [movable] whether the start can be dragged
 * @property {number | null} [seed] of the path that stands out among many
 * @property {boolean} [relief] whether it opens in 3-D
 * @property {any} [walk] Step by step's own: see pages/step_by_step/web/head.js
 */

/**
 * What the page tells the player: where the bundle is, and what no link says.
 * @typedef {object} Told
 * @property {string} path of the route
 * @property {Record<string, string>} query what names the picture
 * @property {number} ack the last turn of a dial that the query knows of
 * @property {number} cue counts how often the clock was set from outside the player
 * @property {number} t where a cue puts the clock
 * @property {boolean} [relief] whether a cue shows the surface in 3-D
 * @property {string} [note] stands in place of the bundle's
 * @property {string} failed what to say when no bundle comes
 * @property {any} [quiz] Step by step's own
 */

/**
 * @typedef {object} Run
 * @property {string} key its columns are "key.x", "key.y", …
 * @property {string} title
 * @property {string} colour its name in the style sheet
 * @property {number[]} dash
 * @property {string} mark
 * @property {number} seeds how many paths "key.cloud" holds; 0: the run is one of one seed
 * @property {boolean} ended whether it stopped before its last step
 * @property {boolean} pinned kept beside the others to compare with: its path and its loss, in grey
 */

/**
 * @typedef {object} Chart
 * @property {string} key
 * @property {string} title
 * @property {string} scale "log", "symlog" (linear within ±unit) or "linear"
 * @property {number} [unit]
 * @property {Line[]} lines
 * @property {string} [help]
 */

/**
 * A line is a column, the length of a pair of columns, a number or column over a column, or a constant.
 * @typedef {object} Line
 * @property {string} [column]
 * @property {[string, string]} [band] the columns of its lower and upper edge
 * @property {[string, string]} [norm]
 * @property {[string | number, string]} [over]
 * @property {number} [constant]
 * @property {string} colour
 * @property {number[]} dash
 * @property {string | null} mark
 * @property {number} [width]
 * @property {string} [end] its name, right of the chart
 */

/**
 * @typedef {object} Surface
 * @property {string} key
 * @property {[number, number]} x
 * @property {[number, number]} y
 * @property {number} n points a side of the grids surface.z (as it is drawn) and surface.f
 * @property {number} start the lowest level line
 * @property {number} end
 * @property {number} size from one level line to the next
 * @property {number[]} ticks
 * @property {string[]} labels
 * @property {string} height what the colour bar measures
 * @property {[number, number][]} minima
 * @property {string[]} variables
 * @property {Relief} relief
 */

/**
 * How heights are drawn in 3-D: f itself, or log(f − floor + unit).
 * @typedef {object} Relief
 * @property {number | null} floor
 * @property {number} unit
 * @property {string} title
 * @property {number | null} lowest f at the minima
 */

/**
 * What the table of numbers can show.
 * @typedef {object} Quantity
 * @property {{text: string, class: string}} symbol
 * @property {string} name
 * @property {string} help
 * @property {string[]} columns without the run's key
 */

/** @typedef {Record<string, string> & { numbers: Quantity[] }} Words */

export {};
