import access from "../../messages/en/access.json" with { type: "json" };
import collectionSettings from "../../messages/en/collectionSettings.json" with { type: "json" };
import links from "../../messages/en/links.json" with { type: "json" };
import ownership from "../../messages/en/ownership.json" with { type: "json" };
import requests from "../../messages/en/requests.json" with { type: "json" };
import share from "../../messages/en/share.json" with { type: "json" };

export default { access, collectionSettings, links, ownership, requests, share };
