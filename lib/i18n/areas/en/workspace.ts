import collection from "../../messages/en/collection.json" with { type: "json" };
import document from "../../messages/en/document.json" with { type: "json" };
import home from "../../messages/en/home.json" with { type: "json" };
import publicView from "../../messages/en/public.json" with { type: "json" };
import shares from "../../messages/en/shares.json" with { type: "json" };
import upload from "../../messages/en/upload.json" with { type: "json" };

export default { collection, document, home, public: publicView, shares, upload };
