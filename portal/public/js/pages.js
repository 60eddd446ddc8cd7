/** Which view shows the page of each route. */
import { callbackView } from "./views/callback_view.js";
import { dashboardView } from "./views/dashboard_view.js";
import { eventsView } from "./views/events_view.js";
import { memberDetailView } from "./views/member_detail_view.js";
import { membersView } from "./views/members_view.js";
import { membershipView } from "./views/membership_view.js";
import { overviewView } from "./views/overview_view.js";
import { profileView } from "./views/profile_view.js";
import { rolesView } from "./views/roles_view.js";
import { syncView } from "./views/sync_view.js";

/** @type {Record<string, (context: import("./application.js").MemberContext) => import("./application.js").View>} */
export const PAGES = {
  callback: callbackView,
  dashboard: dashboardView,
  profile: profileView,
  membership: membershipView,
  events: eventsView,
  overview: overviewView,
  members: membersView,
  memberDetail: memberDetailView,
  sync: syncView,
  roles: rolesView,
};
