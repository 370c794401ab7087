import collection from "../../messages/de/collection.json" with { type: "json" };
import document from "../../messages/de/document.json" with { type: "json" };
import home from "../../messages/de/home.json" with { type: "json" };
import publicView from "../../messages/de/public.json" with { type: "json" };
import shares from "../../messages/de/shares.json" with { type: "json" };
import upload from "../../messages/de/upload.json" with { type: "json" };

export default { collection, document, home, public: publicView, shares, upload };
