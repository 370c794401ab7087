import notifications from "../../messages/en/notifications.json" with { type: "json" };

export default { notifications };
