import links from "../../messages/de/links.json" with { type: "json" };

export default { links };
