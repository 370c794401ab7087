import auth from "../../messages/en/auth.json" with { type: "json" };
import groups from "../../messages/en/groups.json" with { type: "json" };
import people from "../../messages/en/people.json" with { type: "json" };
import settings from "../../messages/en/settings.json" with { type: "json" };
import share from "../../messages/en/share.json" with { type: "json" };

export default { auth, groups, people, settings, share };
