import notifications from "../../messages/de/notifications.json" with { type: "json" };

export default { notifications };
