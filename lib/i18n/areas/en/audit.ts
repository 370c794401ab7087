import audit from "../../messages/en/audit.json" with { type: "json" };

export default { audit };
