/** Starts the page. */

import { MapPage } from "./map_page.ts";

new MapPage().start();
