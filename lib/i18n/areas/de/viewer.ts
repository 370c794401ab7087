import common from "../../messages/de/common.json" with { type: "json" };
import document from "../../messages/de/document.json" with { type: "json" };
import errors from "../../messages/de/errors.json" with { type: "json" };

export default { common, document, errors };
