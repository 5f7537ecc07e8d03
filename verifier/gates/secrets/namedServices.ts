import type { NamedFormat } from './named.ts';

const HEX32 = /^[0-9a-f]{32}$/i;
const ALNUM32 = /^[A-Za-z0-9]{32}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const service = (format: string, names: readonly string[], shape: RegExp): NamedFormat => ({ kind: 'service-key', format, names, shape });

/** Services beside infrastructure, payment, chat and AI whose credentials have no form of their own. */
export const NAMED_SERVICES: readonly NamedFormat[] = [
  service('datadog-key', ['datadog', 'dd_api', 'dd_app', 'dd-api', 'dd-app', 'dd_client'], /^[0-9a-f]{32}$|^[A-Za-z0-9]{40}$/),
  service('new-relic-key', ['new_relic', 'newrelic', 'new-relic'], /^[A-Za-z0-9]{40}$|^[A-Za-z0-9]{64}$/),
  service('sentry-token', ['sentry'], /^[0-9a-f]{64}$/),
  service('pagerduty-key', ['pagerduty', 'pager_duty', 'pd_api', 'pd_token'], /^[A-Za-z0-9+_-]{20}$|^[0-9a-f]{32}$/),
  service('opsgenie-key', ['opsgenie', 'statuspage'], UUID),
  service('dynatrace-token', ['dynatrace'], /^[A-Za-z0-9_-]{21}$/),
  service('launchdarkly-token', ['launchdarkly', 'launch_darkly'], /^[A-Za-z0-9=_-]{40}$/),
  service('splunk-token', ['splunk'], UUID),
  service('sumologic-key', ['sumologic', 'sumo_'], /^[A-Za-z0-9]{64}$/),
  service(
    'loggly-token',
    ['loggly', 'logzio', 'logdna', 'rollbar', 'bugsnag', 'honeybadger', 'raygun', 'airbrake', 'scout_'],
    /^[A-Za-z0-9-]{32,36}$/,
  ),
  service('honeycomb-key', ['honeycomb'], /^[A-Za-z0-9]{22}$|^[0-9a-f]{32}$/),
  service('algolia-key', ['algolia'], ALNUM32),
  service('airtable-key', ['airtable'], /^(?:key)?[A-Za-z0-9]{14}$|^[A-Za-z0-9]{17}$/),
  service('asana-secret', ['asana'], /^[A-Za-z0-9]{32}$|^[012]\/\d{16}(?:\/\d{16})?:[0-9a-f]{32}$/),
  service('atlassian-token', ['atlassian', 'confluence', 'jira'], /^[A-Za-z0-9]{24}$/),
  service('linear-secret', ['linear'], HEX32),
  service('trello-key', ['trello'], /^[0-9a-f]{32}$|^[0-9a-f]{64}$|^ATTA[0-9A-Za-z]{60,}$/),
  service('todoist-token', ['todoist'], /^[0-9a-f]{40}$/),
  service('contentful-token', ['contentful'], /^[A-Za-z0-9=_-]{43}$|^[0-9a-f]{64}$/),
  service('hubspot-key', ['hubspot', 'hapikey'], UUID),
  service('intercom-token', ['intercom'], /^[A-Za-z0-9=_-]{60}$/),
  service('zendesk-key', ['zendesk'], /^[A-Za-z0-9]{40}$|^[0-9a-f]{64}$/),
  service('freshdesk-key', ['freshdesk', 'freshservice'], /^[A-Za-z0-9]{18,22}$/),
  service('okta-token', ['okta'], /^00[A-Za-z0-9_=-]{40}$|^[A-Za-z0-9_-]{40}$|^[A-Za-z0-9_-]{64}$/),
  service('auth0-secret', ['auth0'], /^[A-Za-z0-9_-]{64}$/),
  service(
    'onelogin-secret',
    ['onelogin', 'keycloak', 'pingone'],
    /^[A-Za-z0-9]{32}$|^[0-9a-f]{64}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  ),
  service('dropbox-secret', ['dropbox'], /^[a-z0-9]{15}$|^[A-Za-z0-9]{11}A{10}[A-Za-z0-9_=-]{43}$|^[A-Za-z0-9_-]{64}$/),
  service('box-secret', ['box_client', 'box_dev', 'boxapi', 'box_app'], ALNUM32),
  service(
    'facebook-secret',
    ['facebook', 'fb_app', 'fb_', 'meta_app', 'instagram', 'whatsapp'],
    /^[0-9a-f]{32}$|^\d{13,17}[|%][A-Za-z0-9_-]{27,40}$/,
  ),
  service(
    'twitter-secret',
    ['twitter', 'tweepy', 'consumer_key', 'consumer_secret', 'consumerkey', 'consumersecret'],
    /^(?:[A-Za-z0-9]{25}|[A-Za-z0-9]{35,50}|\d{15,25}-[A-Za-z0-9]{20,42})$/,
  ),
  service('linkedin-secret', ['linkedin', 'linked_in', 'linked-in'], /^[A-Za-z0-9]{16}$/),
  service('twitch-secret', ['twitch'], /^(?:oauth:)?[a-z0-9]{30}$/),
  service(
    'spotify-secret',
    ['spotify', 'soundcloud', 'deezer', 'lastfm', 'flickr', 'pinterest', 'tumblr', 'vimeo', 'unsplash'],
    /^[A-Za-z0-9]{32,64}$/,
  ),
  service('reddit-secret', ['reddit'], /^[A-Za-z0-9_-]{27,30}$/),
  service('strava-secret', ['strava', 'fitbit'], /^[0-9a-f]{32,40}$/),
  service(
    'nytimes-key',
    ['nytimes', 'newyorktimes', 'new_york_times', 'yelp', 'foursquare'],
    /^[A-Za-z0-9=_-]{32}$|^[A-Za-z0-9_-]{128}$|^[A-Z0-9]{48}$/,
  ),
  service('rapidapi-key', ['rapidapi', 'rapid_api', 'rapidapi-key'], /^[A-Za-z0-9_-]{50}$/),
  service(
    'maps-key',
    ['here_api', 'mapquest', 'locationiq', 'opencage', 'ipstack', 'openweather', 'weatherapi', 'accuweather', 'tomtom'],
    /^[A-Za-z0-9_-]{31,43}$/,
  ),
  service('maxmind-key', ['maxmind', 'geoip'], /^[A-Za-z0-9]{16}$/),
  service('finance-key', ['finnhub', 'alphavantage', 'alpha_vantage', 'polygon_', 'iexcloud', 'quandl', 'alpaca'], /^[A-Za-z0-9_]{16,44}$/),
  service('squarespace-token', ['squarespace'], UUID),
  service('beamer-token', ['beamer'], /^b_[A-Za-z0-9=_-]{44}$/),
  service('adafruit-key', ['adafruit'], /^(?:aio_[A-Za-z0-9]{28}|[A-Za-z0-9_-]{32})$/),
  service('adobe-key', ['adobe'], HEX32),
  service('segment-key', ['segment_write', 'segment_api', 'mixpanel', 'amplitude', 'heap_'], /^[A-Za-z0-9]{32}(?:[A-Za-z0-9]{8})?$/),
  service(
    'salesforce-token',
    ['salesforce', 'sfdc'],
    /^[A-Za-z0-9]{24,25}$|^00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,}$|^[0-9]{19}$|^[0-9A-F]{64}$/,
  ),
  service('pusher-secret', ['pusher', 'ably'], /^[0-9a-f]{20}$|^[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{16,43}$/),
  service('firebase-server-key', ['fcm', 'firebase', 'gcm_'], /^AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{100,}$|^[A-Za-z0-9]{40}$/),
  service('onesignal-key', ['onesignal', 'one_signal'], /^[A-Za-z0-9]{48}$/),
  service('recaptcha-secret', ['recaptcha', 'hcaptcha', 'turnstile'], /^6L[A-Za-z0-9_-]{38}$|^0x[0-9A-Fa-f]{40}$|^0x[A-Za-z0-9_-]{32,33}$/),
  service('shodan-key', ['shodan', 'censys', 'urlscan'], /^[A-Za-z0-9]{32}$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  service('virustotal-key', ['virustotal', 'virus_total', 'vt_api'], /^[0-9a-f]{64}$/),
  service('zoom-secret', ['zoom_'], /^[A-Za-z0-9]{32,36}$/),
  service('docusign-secret', ['docusign'], UUID),
  service('cloudinary-secret', ['cloudinary'], /^[A-Za-z0-9_-]{27}$/),
];
