namespace Rekey.Cli.Mapping;

/// <summary>Other names of the views' columns, in RFC 7519, cloud gateways and web servers. The likeliest name comes first.</summary>
internal static class ColumnNames
{
    private static readonly Dictionary<string, string[]> Elsewhere = new(StringComparer.Ordinal)
    {
        ["TimeGenerated"] =
        [
            "timegenerated",
            "timestamp",
            "time",
            "ts",
            "eventtime",
            "createddatetime",
            "datetime",
            "loggedat",
            "date",
            "requesttime",
            "starttime",
            "startedat",
            "startutc",
            "published",
            "at",
            "atms",
            "when",
            "whenms",
            "timeiso8601",
            "msec",
        ],
        ["Iss"] = ["iss", "issuer", "tokenissuer", "tokenissuername", "issuerurl", "jwtclaimiss", "jwtiss"],
        ["Jti"] = ["jti", "tokenid", "jwtid", "tokid", "uti", "uniquetokenidentifier", "signinactivityid", "jwtclaimjti", "jwtjti"],
        ["Kid"] = ["kid", "keyid", "signingkeyid", "keyversion", "tokkey", "tokenkey", "jwtheaderkid", "jwtkid"],
        ["Sub"] = ["sub", "subject", "userid", "oid", "uid", "user", "jwtclaimsub"],
        ["Aud"] = ["aud", "audience", "audiences", "resource", "jwtclaimaud"],
        ["ClientId"] = ["clientid", "azp", "appid", "client"],
        ["IssuedAt"] = ["iat", "issuedat", "tokeniat", "tokenissuedat", "issued", "iatms", "iats", "issueds", "issuedms", "jwtclaimiat"],
        ["ExpiresAt"] =
        [
            "exp",
            "expiresat",
            "expires",
            "expiry",
            "expireson",
            "notafter",
            "expms",
            "exps",
            "expiress",
            "expiresms",
            "jwtclaimexp",
        ],
        ["SigningInputSha256"] = ["signinginputsha256", "signinginputhash", "tokensha256", "tokenhash"],
        ["IssuerInstance"] = ["issuerinstance", "instance", "instanceid", "pod", "podname", "node", "hostname", "host"],
        ["Sequence"] = ["sequence", "seq", "sequencenumber", "lineno"],
        ["KeyThumbprint"] = ["keythumbprint", "jwkthumbprint", "thumbprint"],
        ["SignatureVerified"] = ["signatureverified", "verified", "signaturevalid"],
        ["SealState"] = ["sealstate"],
        ["SrcIpAddr"] =
        [
            "srcipaddr",
            "clientip",
            "clientaddress",
            "clienthost",
            "remoteaddr",
            "remoteaddress",
            "remoteip",
            "sourceip",
            "srcip",
            "netsrc",
            "calleripaddress",
            "downstreamremoteaddress",
            "ipaddress",
            "clientaddr",
            "cip",
            "ip",
        ],
        ["UserAgent"] = ["useragent", "httpuseragent", "requestuseragent", "csuseragent", "agent", "ua"],
        ["Path"] = ["path", "requestpath", "requesturi", "uri", "url", "csuristem", "route", "req"],
        ["StatusCode"] =
        [
            "statuscode",
            "httpstatuscode",
            "httpstatus",
            "responsecode",
            "responsestatuscode",
            "responsestatus",
            "downstreamstatus",
            "scstatus",
            "status",
            "code",
        ],
        ["Gateway"] = ["gateway", "gatewayname", "gw", "edge", "proxy", "servername", "hostname", "host"],
    };

    /// <summary>Finds the column with the likeliest name; null if no name fits.</summary>
    public static SeenColumn? Find(string viewColumn, IReadOnlyList<SeenColumn> seen)
    {
        foreach (var name in Elsewhere.GetValueOrDefault(viewColumn, []))
        {
            // Prefer the shallowest column: a time at the top belongs to the line, a nested one to something else.
            if (seen.Where(s => IsNamed(s.Path, name)).MinBy(s => s.Path.Count) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Whether the last name of a path is meant, or the last two together: <c>tok.id</c> is a token's id.</summary>
    private static bool IsNamed(IReadOnlyList<string> path, string name) =>
        Plain(path[^1]) == name || (path.Count > 1 && Plain($"{path[^2]}{path[^1]}") == name);

    /// <summary>Keeps letters and digits, in lower case: <c>client_ip</c>, <c>clientIp</c> and <c>client-ip</c> become equal.</summary>
    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
