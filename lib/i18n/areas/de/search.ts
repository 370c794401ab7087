import search from "../../messages/de/search.json" with { type: "json" };

export default { search };
