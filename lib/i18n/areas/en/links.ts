import links from "../../messages/en/links.json" with { type: "json" };

export default { links };
