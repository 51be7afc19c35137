-- Accepted with a claim that cannot be read: a verifier must refuse it (RFC 7519 §4, RFC 8725 §3.8).
SELECT 'malformed-claims' AS Verdict, a.Iss, a.Jti, a.Kid, a.Sub, a.Aud, a.IssuedAt, a.ExpiresAt,
    a.SigningInputSha256, a.KeyThumbprint, a.SignatureVerified, a.SrcIpAddr,
    min(a.TimeGenerated) AS FirstSeen, max(a.TimeGenerated) AS LastSeen,
    count(DISTINCT (a.TimeGenerated, a.UserAgent, a.Path, a.StatusCode, a.Gateway)) AS Accesses
FROM GatewayAccess a
WHERE a.InBatch AND a.MalformedClaims IS NOT NULL
GROUP BY ALL
