import common from "../../messages/en/common.json" with { type: "json" };
import errors from "../../messages/en/errors.json" with { type: "json" };
import shell from "../../messages/en/shell.json" with { type: "json" };

export default { common, errors, shell };
