import common from "../../messages/en/common.json" with { type: "json" };
import document from "../../messages/en/document.json" with { type: "json" };
import errors from "../../messages/en/errors.json" with { type: "json" };

export default { common, document, errors };
