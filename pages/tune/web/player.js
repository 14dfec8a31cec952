// The player of Tune: the map of settings stands beside the plane.

import { mounting } from "../../shared/web/player.js";
import { makeMap } from "./map.js";

export const mount = mounting(makeMap);
