import search from "../../messages/en/search.json" with { type: "json" };

export default { search };
