// What is on this page: its player, its dials and its lesson, for each other and for what stands beside them.

/** @import { Board } from "./dials.js" */
/** @import { Lesson } from "./lesson.js" */
/** @import { Player } from "./player.js" */

/** @type {{ player: Player | null, dials: Board | null, lesson: Lesson | null }} */
export const stage = { player: null, dials: null, lesson: null };

// What has not been told yet is of the page that Back has left: told now, it would undo the link that came.
addEventListener("popstate", () => { stage.player?.forget(); stage.dials?.forget(); });
