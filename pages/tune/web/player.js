// The player of Tune: the map of settings stands beside the plane, or that of the starts.

import { mounting } from "../../shared/web/player.js";
import { makeBasins } from "./basins.js";
import { makeMap } from "./map.js";

export const mount = mounting(makeMap, makeBasins);
