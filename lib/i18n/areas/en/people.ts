import people from "../../messages/en/people.json" with { type: "json" };

export default { people };
