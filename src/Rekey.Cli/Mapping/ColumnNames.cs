namespace Rekey.Cli.Mapping;

/// <summary>Other names of the views' columns, in RFC 7519, cloud gateways and web servers. The likeliest name comes first.</summary>
internal static class ColumnNames
{
    private static readonly Dictionary<string, string[]> Elsewhere = new(StringComparer.Ordinal)
    {
        ["TimeGenerated"] = ["timegenerated", "timestamp", "time", "ts", "eventtime", "datetime", "loggedat", "date", "requesttime"],
        ["Iss"] = ["iss", "issuer", "tokenissuer", "tokenissuername"],
        ["Jti"] = ["jti", "tokenid", "jwtid", "uti", "uniquetokenidentifier"],
        ["Kid"] = ["kid", "keyid", "signingkeyid", "keyversion"],
        ["Sub"] = ["sub", "subject", "userid", "oid", "uid", "user"],
        ["Aud"] = ["aud", "audience", "audiences", "resource"],
        ["ClientId"] = ["clientid", "azp", "appid", "client"],
        ["IssuedAt"] = ["iat", "issuedat", "tokeniat", "issued"],
        ["ExpiresAt"] = ["exp", "expiresat", "expires", "expiry", "expireson", "notafter"],
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
            "remoteaddr",
            "remoteaddress",
            "remoteip",
            "sourceip",
            "srcip",
            "calleripaddress",
            "ipaddress",
            "cip",
            "ip",
        ],
        ["UserAgent"] = ["useragent", "httpuseragent", "csuseragent", "ua"],
        ["Path"] = ["path", "requestpath", "requesturi", "uri", "url", "csuristem", "route"],
        ["StatusCode"] = ["statuscode", "httpstatuscode", "httpstatus", "responsecode", "scstatus", "status"],
        ["Gateway"] = ["gateway", "gatewayname", "edge", "proxy", "servername", "hostname", "host"],
    };

    /// <summary>Finds the column with the likeliest name; null if no name fits.</summary>
    public static SeenColumn? Find(string viewColumn, IReadOnlyList<SeenColumn> seen)
    {
        foreach (var name in Elsewhere[viewColumn])
        {
            // Prefer the shallowest column: a time at the top belongs to the line, a nested one to something else.
            if (seen.Where(s => Plain(s.Path[^1]) == name).MinBy(s => s.Path.Count) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Keeps letters and digits, in lower case: <c>client_ip</c>, <c>clientIp</c> and <c>client-ip</c> become equal.</summary>
    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
