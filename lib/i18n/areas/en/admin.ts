import admin from "../../messages/en/admin.json" with { type: "json" };

export default { admin };
