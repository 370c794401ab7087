import audit from "../../messages/de/audit.json" with { type: "json" };

export default { audit };
