import { expect, it } from "vitest";
import { isPreview } from "./previews.ts";

const programs = [
  "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
  "Slack-ImgProxy (+https://api.slack.com/robots)",
  "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  "WhatsApp/2.23.20.0 A",
  "Twitterbot/1.0",
  "TelegramBot (like TwitterBot)",
  "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
  "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
  "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
  "Iframely/1.3.1 (+https://iframely.com/docs/about)",
  "Mattermost-Bot/1.1",
  "Synapse (bot; +https://github.com/matrix-org/synapse)",
  "Mastodon/4.2.1 (http.rb/5.1.1; +https://example.social/) Bot",
];
const people = [
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/450.0.0.38.108;FBBV/564431005]",
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130 Mobile Safari/537.36 Instagram 300.0.0.29.110 Android",
  "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
  "curl/8.5.0",
  "",
];

it.each(programs)("%s is no visitor", (userAgent) => {
  expect(isPreview({ method: "GET", userAgent })).toBe(true);
});

it.each(people)("%s is somebody's", (userAgent) => {
  expect(isPreview({ method: "GET", userAgent })).toBe(false);
  expect(isPreview({ method: "HEAD", userAgent })).toBe(true);
});

it("looks at so much of a name and no more", () => {
  expect(isPreview({ method: "GET", userAgent: `${"x".repeat(700)} Twitterbot` })).toBe(false);
  expect(isPreview({ method: "GET", userAgent: null })).toBe(false);
});
