import admin from "../../messages/de/admin.json" with { type: "json" };

export default { admin };
