// The player of Step by step: the walk through one step is a view on its clock.

import { mounting } from "../../shared/web/player.js";
import { makeWalk } from "./walk.js";

export const mount = mounting(makeWalk);
