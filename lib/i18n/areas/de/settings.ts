import auth from "../../messages/de/auth.json" with { type: "json" };
import groups from "../../messages/de/groups.json" with { type: "json" };
import people from "../../messages/de/people.json" with { type: "json" };
import settings from "../../messages/de/settings.json" with { type: "json" };
import share from "../../messages/de/share.json" with { type: "json" };

export default { auth, groups, people, settings, share };
