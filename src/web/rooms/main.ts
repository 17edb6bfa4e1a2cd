/** Starts the page. */

import { RoomsPage } from "./rooms_page.ts";

new RoomsPage().start();
