import { list, switchOf } from "./label";

/** How Traefik reads the value of an option: `names` is a mapping whose keys are a part of the label's name. */
export type OptionType = "text" | "number" | "switch" | "list" | "names";

/** A middleware of Traefik 3, with its options by their names in lower case. */
export interface Kind {
  /** Its name in Traefik's files. */
  readonly name: string;
  /** Whether it decides who gets in: it is carried over whole, or the route is refused. */
  readonly guard?: boolean;
  /** It has its effect without any option. */
  readonly bare?: boolean;
  readonly options: Readonly<Record<string, readonly [path: string, type: OptionType]>>;
}

/** The options of Traefik's names in lower case; `.` is one level below. */
function options(of: Partial<Record<OptionType, string>>): Kind["options"] {
  return Object.fromEntries(
    Object.entries(of).flatMap(([type, names]) =>
      names
        .split(" ")
        .map((name) => [name.toLowerCase(), [name, type as OptionType] as const] as const),
    ),
  );
}

const allowList: Omit<Kind, "name"> = {
  guard: true,
  options: options({ list: "sourceRange", number: "rejectStatusCode" }),
};

/**
 * What is carried over as it is. Fields that are not here would keep Traefik from reading any route.
 * Source: https://doc.traefik.io/traefik/v3.5/reference/dynamic-configuration/file/
 */
export const kinds: Readonly<Record<string, Kind>> = {
  addprefix: { name: "addPrefix", options: options({ text: "prefix" }) },
  basicauth: {
    name: "basicAuth",
    guard: true,
    options: options({ text: "users realm headerField", switch: "removeHeader" }),
  },
  buffering: {
    name: "buffering",
    options: options({
      number: "maxRequestBodyBytes memRequestBodyBytes maxResponseBodyBytes memResponseBodyBytes",
      text: "retryExpression",
    }),
  },
  circuitbreaker: {
    name: "circuitBreaker",
    options: options({
      text: "expression checkPeriod fallbackDuration recoveryDuration",
      number: "responseCode",
    }),
  },
  compress: {
    name: "compress",
    bare: true,
    options: options({
      list: "excludedContentTypes includedContentTypes encodings",
      number: "minResponseBodyBytes",
      text: "defaultEncoding",
    }),
  },
  contenttype: { name: "contentType", bare: true, options: {} },
  forwardauth: {
    name: "forwardAuth",
    guard: true,
    options: options({
      text: "address authResponseHeadersRegex headerField",
      list: "authResponseHeaders authRequestHeaders addAuthCookiesToResponse",
      switch:
        "trustForwardHeader forwardBody preserveLocationHeader preserveRequestMethod tls.insecureSkipVerify",
      number: "maxBodySize",
    }),
  },
  grpcweb: { name: "grpcWeb", options: options({ list: "allowOrigins" }) },
  headers: {
    name: "headers",
    options: options({
      names: "customRequestHeaders customResponseHeaders sslProxyHeaders",
      switch:
        "accessControlAllowCredentials addVaryHeader stsIncludeSubdomains stsPreload forceSTSHeader frameDeny contentTypeNosniff browserXssFilter isDevelopment",
      list: "accessControlAllowHeaders accessControlAllowMethods accessControlAllowOriginList accessControlAllowOriginListRegex accessControlExposeHeaders allowedHosts hostsProxyHeaders",
      number: "accessControlMaxAge stsSeconds",
      text: "customFrameOptionsValue customBrowserXSSValue contentSecurityPolicy contentSecurityPolicyReportOnly publicKey referrerPolicy permissionsPolicy",
    }),
  },
  inflightreq: {
    name: "inFlightReq",
    options: options({
      number: "amount",
      text: "sourceCriterion.requestHeaderName",
      switch: "sourceCriterion.requestHost",
    }),
  },
  ipallowlist: { name: "ipAllowList", ...allowList },
  // Version 2's name.
  ipwhitelist: { name: "ipAllowList", ...allowList },
  ratelimit: {
    name: "rateLimit",
    options: options({
      number: "average burst",
      text: "period sourceCriterion.requestHeaderName",
      switch: "sourceCriterion.requestHost",
    }),
  },
  redirectregex: {
    name: "redirectRegex",
    options: options({ text: "regex replacement", switch: "permanent" }),
  },
  replacepath: { name: "replacePath", options: options({ text: "path" }) },
  replacepathregex: { name: "replacePathRegex", options: options({ text: "regex replacement" }) },
  retry: {
    name: "retry",
    options: options({ number: "attempts", text: "initialInterval" }),
  },
  stripprefix: { name: "stripPrefix", options: options({ list: "prefixes" }) },
  stripprefixregex: { name: "stripPrefixRegex", options: options({ list: "regex" }) },
};

/** Options that do nothing here, or that the edge does for every route. */
export const needless =
  /^(stripprefix\.forceslash|contenttype\.autodetect|headers\.(sslredirect|ssltemporaryredirect|sslhost))$/;

/** Guards that no option of the edge stands for, and why. */
export const foreignGuards: Readonly<Record<string, string>> = {
  digestauth: "digest authentication is not carried over (basic authentication is: auth)",
  passtlsclientcert: "the edge asks no client for a certificate",
  plugin: "the edge has no plugins, and this one may be a guard",
};

/** Middlewares that are no guards and not carried over, and what to do. */
export const foreign: Readonly<Record<string, string>> = {
  errors:
    "error pages of a service are not carried over; berth:maintenancePage is shown when no server answers",
};

/** A label's value as the option's type; undefined where it is none. */
export function valueOf(type: OptionType, value: string): unknown {
  switch (type) {
    case "number":
      return /^\s*-?\d+\s*$/.test(value) ? Number(value) : undefined;
    case "switch":
      return switchOf(value);
    case "list": {
      const found = list(value);
      return found.length === 0 ? undefined : found;
    }
    default:
      return value;
  }
}
