import access from "../../messages/de/access.json" with { type: "json" };
import collectionSettings from "../../messages/de/collectionSettings.json" with { type: "json" };
import links from "../../messages/de/links.json" with { type: "json" };
import ownership from "../../messages/de/ownership.json" with { type: "json" };
import requests from "../../messages/de/requests.json" with { type: "json" };
import share from "../../messages/de/share.json" with { type: "json" };

export default { access, collectionSettings, links, ownership, requests, share };
