import common from "../../messages/de/common.json" with { type: "json" };
import errors from "../../messages/de/errors.json" with { type: "json" };
import shell from "../../messages/de/shell.json" with { type: "json" };

export default { common, errors, shell };
