/**
 * What the routes share.
 *
 * @module
 */
import { ConsolePage } from "../pages/console_page.ts";
import type { PageAssets } from "../pages/page_assets.ts";
import type { ApiDeps } from "../ports.ts";
import { ListPages } from "./list_pages.ts";
import { remembered } from "./remembered.ts";
import { Snapshots } from "./snapshots.ts";
import type { ViewDeps } from "./views/client_view.ts";
import { vhostId } from "./views/vhost_ids.ts";

/** Handed to each group of routes. */
export interface ApiContext {
  readonly deps: ApiDeps;
  readonly snapshots: Snapshots;
  readonly pages: ListPages;
  readonly view: ViewDeps;
  /** The page for people. */
  readonly page: ConsolePage;
}

/** The context of one API. */
export function apiContext(deps: ApiDeps, assets: PageAssets): ApiContext {
  const { serverId, version } = deps.identity;
  return {
    deps,
    snapshots: new Snapshots(deps.media, deps.clock),
    pages: new ListPages(deps.identity, deps.clock),
    // Most clients of a list have the same vhost and address.
    view: {
      mask: remembered((text) => deps.mask(text)),
      vhostId: remembered((name) => vhostId(serverId, name)),
    },
    page: new ConsolePage(assets, {
      get players() {
        return deps.players;
      },
      get playersTls() {
        return deps.playersTls;
      },
      version,
    }),
  };
}
