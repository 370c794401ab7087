import type { NextConfig } from "next";
import createNextIntlPlugin from "next-intl/plugin";

const config: NextConfig = {
  poweredByHeader: false,
  // types are checked by `npm test`, once, not again in each build
  typescript: { ignoreBuildErrors: true },
  // pictures are made ready before they are stored; a converter of whatever is asked for would only be one more way in
  images: { unoptimized: true },
};

export default createNextIntlPlugin("./lib/i18n/request.ts")(config);
