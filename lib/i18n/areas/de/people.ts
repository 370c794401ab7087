import people from "../../messages/de/people.json" with { type: "json" };

export default { people };
