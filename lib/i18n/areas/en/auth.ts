import auth from "../../messages/en/auth.json" with { type: "json" };

export default { auth };
