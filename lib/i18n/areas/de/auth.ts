import auth from "../../messages/de/auth.json" with { type: "json" };

export default { auth };
